// The entries of all accounts and what each comes to by day: rows 0x10, 0x11 and 0x12 (keys.h).
//
//   0x12 account date place -> recorded_at, amount * 2 + 1 if credit, totals of the day before it
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/domain/account_key.h"
#include "projections/balances/dated_series.h"
#include "projections/balances/entry_block.h"
#include "projections/runtime/rows.h"

namespace lumbung {

// An entry that came after one of a later day.
struct LateEntry {
  BalanceEntry entry;
  // The entries of its day before it.
  Totals day_before;

  std::string Encode() const;
  // From the row's key, whose last bytes are date and place, and its value.
  static Result<LateEntry> Parse(std::string_view key, std::string_view value);
};

// One thread at a time.
class AccountBook {
 public:
  // Remembers so many accounts between batches, so that their last rows need not be read: some 500
  // bytes each.
  explicit AccountBook(std::size_t most_accounts) : most_accounts_(most_accounts) {}
  // There are no rows yet: until it forgets some, it need not look for accounts it does not know.
  void StartEmpty() { all_known_ = true; }

  // Takes an entry that comes after all those before.
  Status Add(const AccountKey& account, const BalanceEntry& entry, const RowReader& rows);
  // Writes the rows that the batch changes, and tells by how much each account's days changed.
  using OnChange = std::function<void(const AccountKey& account, Date date, const Totals& change)>;
  Status Finish(const RowReader& rows, RowWriter& out, const OnChange& on_change);

 private:
  struct Account {
    AccountProgress progress;
    // As committed.
    SeriesEnd end;
    // The block that is not full, or was when it was last written.
    EntryBlockWriter block;
    // Below of the batch in hand.
    bool touched = false;
    std::vector<DayChange> days;
    std::vector<LateEntry> late;
    // Blocks that it filled.
    std::vector<std::pair<EntryPlace, std::string>> filled;
  };
  struct KeyHash {
    std::size_t operator()(const AccountKey& key) const {
      std::uint64_t hash = key.cooperative * 0x9E3779B97F4A7C15 ^
                           (key.holder + (std::uint64_t{key.code} << 40)) * 0xD6E8FEB86659FD93 ^
                           key.currency;
      return static_cast<std::size_t>(hash ^ (hash >> 29));
    }
  };
  using Accounts = std::unordered_map<AccountKey, Account, KeyHash>;

  // What rows are walked over by during a batch: to make a cursor costs as much as to use it.
  struct Cursors {
    std::unique_ptr<RowCursor> blocks;
    std::unique_ptr<RowCursor> days;
  };

  Status Load(const AccountKey& key, Account& account, const RowReader& rows);
  static Status Write(const AccountKey& key, Account& account, const RowReader& rows,
                      RowWriter& out);
  void Forget();

  const std::size_t most_accounts_;
  // Every account that there is is in `accounts_`.
  bool all_known_ = false;
  Accounts accounts_;
  Cursors cursors_;
  std::vector<Accounts::value_type*> touched_;
  // Days since 1970 of the date that was asked for last.
  Date last_date_ = 0;
  std::int32_t last_day_number_ = 0;
};

}  // namespace lumbung
