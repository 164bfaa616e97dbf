// One line of NDJSON as a command.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/base/status.h"
#include "engine/importers/json_message.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Bounds of a line; what comes out is still subject to Validate.
inline constexpr std::size_t kMaxJsonLineBytes = std::size_t{1} << 20;

// The protobuf JSON of a Command; or that of a bare Transaction, known by a transactionId at top
// level, which becomes a post. InvalidArgument, naming the field where one is to blame, for all
// that ReadJson refuses. Thread-safe.
Result<v1::Command> ParseCommandJson(std::string_view line);

}  // namespace lumbung
