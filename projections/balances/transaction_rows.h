// Which transactions were posted at which sequence: what an entry's line shows beside its amount.
// The transactions of 64 sequences share a row, so that a build writes few of them.
//
//   for each: sequence % 64, entries, id:16, days of business date less posting date, kind,
//   reference
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "engine/base/uuid.h"
#include "projections/balances/keys.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

inline constexpr std::uint64_t kSequencesARow = 64;

struct PostedTransaction {
  std::uint64_t sequence = 0;
  // Which of the event's transactions, and of its entries the first, counted from 0.
  std::uint16_t item = 0;
  std::uint16_t first_entry = 0;
  std::uint16_t entries = 0;
  Uuid id;
  // Business date less posting date, in days.
  std::int32_t days_earlier = 0;
  std::string kind;
  std::string reference;

  // Whether the entry there is one of its own.
  bool Holds(const EntryPlace& place) const {
    return place.sequence == sequence && place.index >= first_entry &&
           place.index - first_entry < entries;
  }
};

// All transactions of a row. Corruption where it can't be read.
Result<std::vector<PostedTransaction>> ParseTransactions(std::uint64_t group,
                                                         std::string_view bytes);

// What the transaction at a place is, of a shard. NotFound where none is there.
Result<PostedTransaction> ReadTransaction(const RowReader& rows, std::uint32_t shard,
                                          const EntryPlace& place);

// Collects them. One thread at a time.
class TransactionRows {
 public:
  // Loads the rows that are not full.
  Status Open(const RowReader& rows, std::uint32_t shard, std::uint64_t last_sequence);
  // In the order of the log.
  void Add(std::uint32_t shard, std::uint64_t sequence, const v1::Transaction& transaction,
           Date posting_date);
  void Finish(RowWriter& out);

 private:
  struct Group {
    std::uint64_t number = 0;
    std::string bytes;
  };

  // By shard: the one that grows.
  std::map<std::uint32_t, Group> growing_;
  std::vector<std::pair<std::string, std::string>> full_;
};

}  // namespace lumbung
