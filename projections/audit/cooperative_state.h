// What is watched of one cooperative: attributes, accounts, outlets, devices. Kept in memory whole,
// written where a batch changed it; what rules no longer ask for is forgotten.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/audit/balance_watch.h"
#include "projections/audit/chart_shelf.h"
#include "projections/audit/local_time.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::audit {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct CooperativeVersion {
  v1::Cooperative attributes;
  // Looked up when it is first asked for.
  const ChartLine* chart = nullptr;
};

struct CooperativeState {
  std::uint64_t number = 0;
  std::uint32_t shard = 0;
  // In the order of events, which is that of their effective dates; never empty.
  std::vector<CooperativeVersion> versions;
  std::vector<BalanceWatch> balances;

  // Not kept. When it is looked at next without an event of its own.
  std::int64_t armed = kNever;
  bool changed = false;
  bool versions_changed = false;

  // The version in force on a day: the last that is effective by then, else the first.
  CooperativeVersion& InForce(Date date);
  const CooperativeVersion& InForce(Date date) const;
  // When a day begins by its clock.
  std::int64_t StartOf(Date date) const {
    return StartOfDay(date, InForce(date).attributes.utc_offset_minutes());
  }
  // Made where there is none.
  BalanceWatch& BalanceOf(std::uint32_t code, CurrencyCode currency, std::uint64_t holder);
  // When something of it is due; kNever: nothing.
  std::int64_t NextCheck() const;

  std::string Encode() const;
  // Corruption where it is none. The rest is left as it was.
  Status Parse(std::string_view bytes);
};

}  // namespace lumbung::audit
