// Questions about a cooperative's or a region's books, and who used a reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "engine/domain/account_key.h"
#include "projections/balances/totals.h"
#include "projections/balances/transaction_rows.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/chart.pb.h"

namespace lumbung {

// What a code comes to, over all its accounts.
struct TrialLine {
  std::uint32_t code = 0;
  CurrencyCode currency = kIdr;
  // Unspecified where no chart lists the code.
  v1::Side grows_by = v1::SIDE_UNSPECIFIED;
  // Before the period, and in it.
  Totals opening;
  Totals period;
};

struct ReferencedTransaction {
  EntryPlace place;
  PostedTransaction transaction;
};

struct ReferencePage {
  // In the order of the log.
  std::vector<ReferencedTransaction> transactions;
  bool more = false;
};

// As of what `rows` show, which must outlive it. Thread-safe.
class BookQueries {
 public:
  explicit BookQueries(const RowReader& rows) : rows_(rows) {}

  // By code and currency, those that anything was posted to through the period's last day.
  Result<std::vector<TrialLine>> OfCooperative(std::uint64_t cooperative, Date from,
                                               Date through) const;
  // The same over all cooperatives of a region, only one code where one is given.
  // REQUIRES: IsRegion(region)
  Result<std::vector<TrialLine>> OfRegion(std::string_view region,
                                          std::optional<std::uint32_t> code, Date from,
                                          Date through) const;
  // Transactions of a cooperative with the caller's reference, those after a place.
  Result<ReferencePage> ByReference(std::uint64_t cooperative, std::string_view reference,
                                    std::optional<EntryPlace> after, std::size_t most) const;

 private:
  // The series whose keys begin with `prefix`, of which the code follows `code_at` bytes.
  Result<std::vector<TrialLine>> Lines(const std::string& prefix, std::size_t code_at, Date from,
                                       Date through, std::string_view chart) const;

  const RowReader& rows_;
};

}  // namespace lumbung
