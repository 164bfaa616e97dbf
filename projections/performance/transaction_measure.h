// What one transaction adds to its outlet's day.
#pragma once

#include <cstdint>
#include <vector>

#include "projections/performance/charts.h"
#include "projections/performance/day_row.h"
#include "projections/performance/member_sketch.h"

#include "lumbung/ledger/v1/transaction.pb.h"

namespace lumbung::performance {

struct TransactionMeasure {
  std::uint8_t hour = kNoHour;
  Flow flow;
  Int128 surplus = 0;
  Int128 intercepts = 0;
  bool late = false;
  bool reversal = false;
  bool has_lag = false;
  LagHistogram::Bucket lag = 0;
  // Who is active by it.
  std::vector<Fingerprint> members;
};

// Fills in `measure` anew. The offset is that of the cooperative's clock on the business date.
void MeasureTransaction(const v1::Transaction& transaction, std::int64_t recorded_at,
                        std::int32_t utc_offset_minutes, const ChartRules& rules,
                        TransactionMeasure& measure);

}  // namespace lumbung::performance
