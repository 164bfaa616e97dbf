// Idempotency-Key: a header that stands in for the id of a command.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// The id, as text, that a principal's key stands for: always the same one. `header` is the key,
// in quotes (an HTTP structured field's string) or without; none if it is not 1 to 255 printable
// ASCII characters.
std::optional<std::string> IdOfKey(std::string_view principal, std::string_view header);

// Gives a command that has no id this one: to its transaction, for post, hold and capture. False
// if it has one.
bool SetId(const std::string& id, v1::Command& command);

}  // namespace lumbung
