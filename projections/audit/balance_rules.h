// Rules about what accounts of a cooperative come to.
#pragma once

#include "engine/base/status.h"
#include "projections/audit/posted.h"

namespace lumbung::audit {

// Takes a transaction's entries into the balances that are watched.
void AddToBalances(const Posted& posted);
// Judges all days that are due at a time.
Status JudgeBalances(CooperativeState& cooperative, std::int64_t now, const Desk& desk);

}  // namespace lumbung::audit
