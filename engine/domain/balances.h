// What accounts stand at, for answers to people: read from the state, never part of a decision.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/domain/net_changes.h"
#include "engine/domain/state.h"

namespace lumbung {

// Minor units.
struct AccountBalance {
  AccountKey account;
  // In the direction in which the account grows by the chart in force.
  std::int64_t balance = 0;
  std::int64_t held_debit = 0;
  std::int64_t held_credit = 0;
  // balance less what is held against it.
  std::int64_t available = 0;
};

// Today, where a cooperative is; UTC's day where there is no such cooperative.
Date TodayOf(const State& state, std::uint64_t cooperative, std::int64_t now);
// The chart that a cooperative goes by on a day; null where there is no such cooperative.
const Chart* ChartOf(const State& state, std::uint64_t cooperative, Date day);

// All zero for an account that is not there. `pending` is added where it is given.
AccountBalance BalanceOf(const State& state, const AccountKey& account, std::int64_t now,
                         const NetChange* pending = nullptr);

}  // namespace lumbung
