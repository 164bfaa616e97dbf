// Commands of all kinds that move money, each a function of its number alone, so that whoever knows
// the number knows what was submitted.
#pragma once

#include <cstdint>

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Numbers of one stream refer to lower ones of it (captures to holds, reversals to posts); streams
// share accounts, and nothing else. REQUIRES: stream < 2^20, number < 2^40
struct WorkNumber {
  std::uint64_t stream = 0;
  std::uint64_t number = 0;

  auto operator<=>(const WorkNumber&) const = default;
};

// Deposits, withdrawals of which some are refused for ever, holds, some of which expire at
// `expiry`, captures, releases, batches, reversals, and some that are refused without a trace.
v1::Command MixedCommand(const WorkNumber& work, std::int64_t expiry);

}  // namespace lumbung
