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
#include "projections/audit/device_watch.h"
#include "projections/audit/local_time.h"
#include "projections/audit/outlet_watch.h"
#include "projections/audit/shard_clock.h"
#include "projections/audit/unsettled_watch.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::audit {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct CooperativeVersion {
  v1::Cooperative attributes;
  // Looked up when it is first asked for.
  const ChartLine* chart = nullptr;
};

// Reversals of one operator at one outlet on one business date.
struct ReversalCount {
  std::uint64_t outlet = 0;
  std::uint64_t operated_by = 0;
  Date date = 0;
  std::int64_t count = 0;
  Int128 amount = 0;
  // Until there are enough for a finding.
  std::vector<Evidence> events;
};

// What a rounding account took in a month, without regard to sides.
struct RoundingMonth {
  std::uint32_t code = 0;
  CurrencyCode currency = kIdr;
  std::uint64_t holder = 0;
  // Its first day.
  Date month = 0;
  std::int64_t count = 0;
  Int128 amount = 0;
  Int128 largest = 0;
};

// A loan with instalments to come: the day at whose beginning the next is looked at.
struct LoanWatch {
  std::uint64_t loan = 0;
  Date check_on = 0;
};

struct CooperativeState {
  std::uint64_t number = 0;
  std::uint32_t shard = 0;
  // In the order of events, which is that of their effective dates; never empty.
  std::vector<CooperativeVersion> versions;
  std::vector<BalanceWatch> balances;
  std::vector<UnsettledWatch> unsettled;
  std::vector<OutletWatch> outlets;
  std::vector<DeviceWatch> devices;
  std::vector<ReversalCount> reversals;
  std::vector<RoundingMonth> roundings;
  std::vector<LoanWatch> loans;

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
  UnsettledWatch& UnsettledOf(std::uint32_t code, CurrencyCode currency, std::uint64_t holder);
  OutletWatch& OutletOf(std::uint64_t outlet);
  DeviceWatch& DeviceOf(std::uint64_t device);
  // When something of it is due, by its shard's clock; kNever: nothing.
  std::int64_t NextCheck(const ShardClock& clock, const Rules& rules) const;

  std::string Encode() const;
  // Corruption where it is none. The rest is left as it was.
  Status Parse(std::string_view bytes);
};

}  // namespace lumbung::audit
