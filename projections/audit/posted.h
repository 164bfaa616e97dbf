// A transaction as the rules look at it, with what is known about where it comes from.
#pragma once

#include <cstdint>

#include "engine/base/date.h"
#include "projections/audit/chart_shelf.h"
#include "projections/audit/cooperative_state.h"
#include "projections/audit/finding_book.h"
#include "projections/audit/rules.h"

#include "lumbung/ledger/v1/event.pb.h"
#include "lumbung/ledger/v1/transaction.pb.h"

namespace lumbung::audit {

struct Posted {
  const v1::Transaction& transaction;
  const v1::Posting& posting;
  CooperativeState& cooperative;
  const AuditChart& chart;
  // Null where the chart lists no such kind.
  const v1::Kind* kind;
  std::int64_t recorded_at;
  std::int32_t utc_offset_minutes;
  // By the cooperative's clock, when it was recorded.
  Date today;
  Evidence event;

  bool is_reversal() const { return !transaction.reverses().empty(); }
};

// What rules look things up in and write to.
struct Desk {
  const Rules& rules;
  FindingBook& findings;
  const RowReader& rows;
};

// The sum of debits in rupiah.
Int128 AmountOf(const v1::Transaction& transaction);
inline bool IsRupiah(const v1::Entry& entry) {
  return entry.currency().empty() || entry.currency() == "IDR";
}

}  // namespace lumbung::audit
