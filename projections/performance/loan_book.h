// Loans of banks: what banks say of them by the end of a day, and the instalments that fall due.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "projections/performance/cooperatives.h"
#include "projections/performance/stock_series.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::performance {

// The changes of the batch in hand. Loans in another currency than rupiah are left out. One thread
// at a time.
class LoanBook {
 public:
  Status Open(const RowReader& rows);
  // Whether the batch in hand has something of that loan, so that its rows are not as they will be.
  bool Has(std::uint64_t cooperative, std::uint64_t loan) const {
    return in_hand_.contains({cooperative, loan});
  }
  // REQUIRES of the first three: !Has
  Status TakeGrant(const CooperativeState& cooperative, const v1::Loan& loan, const RowReader& rows,
                   StockSeries& series);
  // In the place of the schedule before, where there is one.
  Status TakeSchedule(const CooperativeState& cooperative, const v1::LoanSchedule& schedule,
                      const RowReader& rows, StockSeries& series);
  Status TakeStatus(const CooperativeState& cooperative, const v1::LoanStatus& status,
                    std::uint64_t sequence, const RowReader& rows, StockSeries& series);
  void TakePayment(const CooperativeState& cooperative, const v1::LoanPayment& payment,
                   StockSeries& series);
  void Finish(RowWriter& out);

 private:
  using LoanId = std::pair<std::uint64_t, std::uint64_t>;

  std::set<LoanId> foreign_;
  std::set<LoanId> in_hand_;
  // Rows that changed.
  std::map<std::string, std::string> changed_;
};

}  // namespace lumbung::performance
