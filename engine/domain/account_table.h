// The accounts' rows in memory: 64 bytes each, found by key in one probe as a rule.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/huge_pages.h"
#include "engine/domain/account_key.h"

namespace lumbung {

// What the ledger knows of an account. Balance = debits - credits, whatever the side it grows by.
struct AccountRow {
  enum Flag : std::uint8_t {
    kOpened = 1,     // by AccountOpened, as opposed to a first posting
    kHasLimits = 2,  // in State's table of limits
    kDirty = 4,      // changed since it was last copied for the derived store
  };

  AccountKey key;
  std::int64_t balance = 0;
  // Amounts reserved by holds, by side.
  std::int64_t held_debit = 0;
  std::int64_t held_credit = 0;
  // Sequence of the event that changed it last.
  std::uint64_t last_sequence = 0;
  // v1::AccountStatus::Status; 0 counts as open.
  std::uint8_t status = 0;
  std::uint8_t flags = 0;
};
static_assert(sizeof(AccountRow) == 64);

// Rows stay where they are as the table grows; numbered from 0 in the order of their creation.
// One writer, no readers beside it.
class AccountTable {
 public:
  // At most `memory_bytes`, rows and index (80 bytes an account).
  explicit AccountTable(std::size_t memory_bytes);

  // Null where there is none.
  const AccountRow* Find(const AccountKey& key) const;
  AccountRow* Find(const AccountKey& key) {
    return const_cast<AccountRow*>(std::as_const(*this).Find(key));
  }
  // The same for every table of this process; any thread.
  static std::uint64_t HashOf(const AccountKey& key);
  // Bring what Find will look at into the cache: first the slot of the index, some keys ahead, then
  // the row that it names, which waits for the slot.
  void PrefetchSlot(std::uint64_t hash) const {
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  }
  void PrefetchRow(std::uint64_t hash) const;
  // The row, made if it is not there. The limit is the caller's to respect.
  AccountRow& FindOrCreate(const AccountKey& key);

  std::size_t size() const { return size_; }
  // Whether so many accounts more fit the memory.
  bool HasRoomFor(std::size_t accounts) const { return size_ + accounts <= max_accounts_; }
  std::size_t MemoryBytes() const;

  // REQUIRES: number < size()
  const AccountRow& row(std::size_t number) const {
    return chunks_[number / kChunkRows][number % kChunkRows];
  }
  AccountRow& row(std::size_t number) { return chunks_[number / kChunkRows][number % kChunkRows]; }

 private:
  // A huge page.
  static constexpr std::size_t kChunkRows = 32'768;
  using Chunk = std::vector<AccountRow, HugePageAllocator<AccountRow>>;
  static_assert(kChunkRows * sizeof(AccountRow) == HugePageAllocator<AccountRow>::kHugePage);

  void Grow();

  std::size_t max_accounts_;
  std::size_t size_ = 0;
  std::vector<Chunk> chunks_;
  // Open addressing: high half the hash's high half, low half the row's number + 1; 0 = empty.
  std::vector<std::uint64_t, HugePageAllocator<std::uint64_t>> slots_;
};

}  // namespace lumbung
