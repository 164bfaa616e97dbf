// What the ledger answered to one command, as text and JSON.
#pragma once

#include <string>

#include "engine/app/output.h"
#include "engine/commit/shard.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

Json AnswerJson(const v1::Command& command, const Answer& answer);

// Prints it and gives the exit code.
ExitCode PrintAnswer(Output& output, const v1::Command& command, const Answer& answer);

// Parses the JSON of a message strictly; `what` and a file's name go into the message of an error.
Status ParseJson(const std::string& json, const std::string& what,
                 google::protobuf::Message& message);

}  // namespace lumbung
