// Entries of one account in the order of the log, sixteen a row, packed. A row begins with what
// went before it, so that any entry's running totals are known from its row alone.
//
//   totals before; last day before, in days since 1970; totals of that day's regular entries
//   before; place of that day's first regular entry (sequence, index); recorded_at of the first
//   entry then for each entry: sequence less the one before's (the first: less the key's), index,
//   recorded_at less the one before's, days less the last day so far, amount * 2 + 1 if credit
//
// An entry is late if an entry of a later day came before it, else regular. The last day is the
// latest day of all entries so far.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/balances/keys.h"
#include "projections/balances/packing.h"
#include "projections/balances/totals.h"

namespace lumbung {

inline constexpr int kBlockEntries = 16;

struct BalanceEntry {
  EntryPlace place;
  // Microseconds since 1970 UTC.
  std::int64_t recorded_at = 0;
  Date posting_date = 0;
  bool is_debit = false;
  // Minor units, positive.
  std::int64_t amount = 0;
};

// Where an account stands after some of its entries.
struct AccountProgress {
  Totals total;
  // In days since 1970; meaningless while total.count is 0.
  std::int32_t last_day = 0;
  // The regular entries of the last day.
  Totals day;
  EntryPlace day_first;

  bool IsLate(std::int32_t day_number) const { return total.count != 0 && day_number < last_day; }
  void Add(const BalanceEntry& entry, std::int32_t day_number);
};

// Writes a block. Kept while it grows, from batch to batch.
class EntryBlockWriter {
 public:
  // Begins a block at `first`, after `before`.
  void Begin(const EntryPlace& first, std::int64_t recorded_at, const AccountProgress& before);
  // Takes a block as it was kept, and gives where the account stands after it. Corruption where it
  // can't be read.
  Status Resume(const EntryPlace& first, std::string_view bytes, AccountProgress& progress);

  bool empty() const { return bytes_.empty(); }
  bool full() const { return count_ == kBlockEntries; }
  const EntryPlace& first() const { return first_; }
  const std::string& bytes() const { return bytes_; }
  // `progress` as before the entry. REQUIRES: !full(), and the entry comes after those before it
  void Append(const BalanceEntry& entry, std::int32_t day_number, const AccountProgress& progress);

 private:
  EntryPlace first_;
  std::string bytes_;
  int count_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::int64_t last_recorded_at_ = 0;
};

// Reads a block's entries one after the other. The bytes must outlive it.
class EntryBlockReader {
 public:
  EntryBlockReader(const EntryPlace& first, std::string_view bytes);

  // False after the last, and where the bytes are no block: see ok().
  bool Next();
  bool ok() const { return unpack_.ok(); }
  // The entry that Next came to, whether it is late, and where the account stands before and after
  // it.
  const BalanceEntry& entry() const { return entry_; }
  bool late() const { return late_; }
  const AccountProgress& before() const { return before_; }
  const AccountProgress& after() const { return after_; }

 private:
  Unpacker unpack_;
  BalanceEntry entry_;
  bool late_ = false;
  AccountProgress before_;
  AccountProgress after_;
};

}  // namespace lumbung
