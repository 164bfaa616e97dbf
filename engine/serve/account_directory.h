// Which accounts there are, in order: an index of a shard's rows, kept for listing, outside the way
// of commits. It catches up with rows that came since it was asked last, and begins anew where the
// table is another one: after a failed write a shard goes back to what is durable.
//
// With n accounts in the shard, taking in a row costs O(log n), a page O(its size + log n), however
// many accounts its cooperative has. About 6 bytes an account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <absl/container/btree_set.h>

#include "engine/domain/account_table.h"

namespace lumbung {

// One thread at a time, that of the state.
class AccountDirectory {
 public:
  AccountDirectory() = default;
  AccountDirectory(const AccountDirectory&) = delete;
  AccountDirectory& operator=(const AccountDirectory&) = delete;

  // Takes in up to `most` rows more; true when there are no more.
  bool CatchUp(const AccountTable& accounts, std::size_t most);

  struct Page {
    std::vector<const AccountRow*> rows;
    bool more = false;
  };
  // The first `count` accounts by cooperative, code, holder and currency after `after` (null: from
  // the start): of one cooperative (0: of all), and of `code` alone where it is not 0. REQUIRES:
  // CatchUp was called with `accounts`; no code without a cooperative
  Page Find(const AccountTable& accounts, std::uint64_t cooperative, std::uint32_t code,
            const AccountKey* after, std::size_t count) const;

  // Accounts that were looked at since it was made: what all of this has cost.
  std::uint64_t looked_at() const { return looked_at_; }

 private:
  // Rows by their numbers, in the order of their keys.
  struct Order {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const;

    const AccountTable* table;
    std::uint64_t* looked_at;
  };
  using Rows = absl::btree_set<std::uint32_t, Order>;

  // Compared, not used before it is known to be there: it may be gone.
  const AccountTable* table_ = nullptr;
  // Rows that were taken in: those with a lower number.
  std::size_t known_ = 0;
  mutable std::uint64_t looked_at_ = 0;
  Rows rows_{Order{nullptr, &looked_at_}};
};

}  // namespace lumbung
