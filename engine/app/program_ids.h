// Ids for commands that the program makes itself, so that doing the same twice is done once.
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace lumbung {

// The v5 UUID of a command's content. REQUIRES: the command has no id yet
std::string IdOfContent(const google::protobuf::Message& command);

}  // namespace lumbung
