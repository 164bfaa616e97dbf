// What one transaction adds to its outlet's day.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "projections/performance/charts.h"
#include "projections/performance/day_row.h"
#include "projections/performance/member_sketch.h"
#include "projections/performance/pending.h"

namespace lumbung::performance {

struct TransactionMeasure {
  std::uint8_t hour = kNoHour;
  Flow flow;
  Int128 surplus = 0;
  Int128 intercepts = 0;
  bool late = false;
  bool reversal = false;
  bool has_lag = false;
  Counts::Key lag = 0;
  // Who is active by it.
  std::vector<Fingerprint> members;
  // What it changes of balances that are kept (rules.h), in the direction in which their codes
  // grow.
  std::vector<std::pair<std::uint32_t, std::int64_t>> balances;
  // Principal and interest of a bank's loan that it pays.
  std::int64_t repaid = 0;
  // Codes of bank accounts that it posts to.
  std::vector<std::uint32_t> banks;
};

// Fills in `measure` anew. The offset is that of the cooperative's clock on the business date.
void MeasureTransaction(const Posted& posted, std::span<const PostedEntry> entries,
                        std::int32_t utc_offset_minutes, const ChartRules& rules,
                        const KindRule& kind, TransactionMeasure& measure);

}  // namespace lumbung::performance
