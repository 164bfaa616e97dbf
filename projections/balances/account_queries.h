// Questions about one account: what it came to at any point of either time axis, and its entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "engine/domain/account_key.h"
#include "projections/balances/entry_block.h"
#include "projections/balances/totals.h"
#include "projections/balances/transaction_rows.h"
#include "projections/runtime/rows.h"

namespace lumbung {

// An entry with what the account came to through it, in the order in which it was asked for.
struct EntryLine {
  BalanceEntry entry;
  Totals through;
  PostedTransaction transaction;
};

struct EntryPage {
  // What the account came to before the first line, in that order.
  Totals before;
  std::vector<EntryLine> lines;
  // Whether there are more after the last line.
  bool more = false;
};

// As of what `rows` show, which must outlive it. An account that nothing was posted to comes to
// nothing. Thread-safe.
class AccountQueries {
 public:
  explicit AccountQueries(const RowReader& rows) : rows_(rows) {}

  // Through a posting date, an event, or the last event recorded at a time or before.
  Result<Totals> ThroughDate(const AccountKey& account, Date date) const;
  Result<Totals> ThroughSequence(const AccountKey& account, std::uint64_t sequence) const;
  Result<Totals> ThroughTime(const AccountKey& account, std::int64_t recorded_at) const;

  // Entries in the order of the log, those after a place; or the newest first, those before it. No
  // place: from the first, or the newest, on.
  Result<EntryPage> BySequence(const AccountKey& account, std::optional<EntryPlace> from,
                               bool newest_first, std::size_t most) const;
  // Entries with a posting date from `from` through `through`, by date and then in the order of the
  // log; those after the entry `after` of the date `from`, where one is given. NotFound where there
  // is no such entry.
  Result<EntryPage> ByDate(const AccountKey& account, Date from, Date through,
                           std::optional<EntryPlace> after, std::size_t most) const;

 private:
  struct DayWalk;

  Status TakeForward(const AccountKey& account, const EntryPlace& from, std::size_t most,
                     EntryPage& page) const;
  Status TakeBackward(const AccountKey& account, const std::optional<EntryPlace>& from,
                      std::size_t most, EntryPage& page) const;
  Status TakeDay(DayWalk& walk) const;
  Status TakeRegular(DayWalk& walk, const EntryPlace& from) const;
  Status TakeLate(DayWalk& walk) const;
  Status StartAfter(DayWalk& walk, const EntryPlace& after) const;
  Status AddTransactions(const AccountKey& account, EntryPage& page) const;

  const RowReader& rows_;
};

}  // namespace lumbung
