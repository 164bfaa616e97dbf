// A command out of protobuf bytes that come from outside.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/base/status.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Bound of what is looked at; what comes out is still subject to Validate.
inline constexpr std::size_t kMaxCommandMessageBytes = std::size_t{1} << 20;

// InvalidArgument for bytes that are no Command, and for fields that the schema does not know.
// Thread-safe.
Result<v1::Command> ParseCommandBytes(std::string_view bytes);

}  // namespace lumbung
