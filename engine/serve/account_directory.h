// Which accounts a cooperative has: an index of a shard's rows, kept for listing, outside the way
// of commits. It catches up with rows that came since it was asked last, and begins anew where the
// table is another one: after a failed write a shard goes back to what is durable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/domain/account_table.h"

namespace lumbung {

// One thread at a time, that of the state.
class AccountDirectory {
 public:
  // Takes in up to `most` rows more; true when there are no more.
  bool CatchUp(const AccountTable& accounts, std::size_t most);

  struct Page {
    std::vector<const AccountRow*> rows;
    bool more = false;
  };
  // The first `count` accounts of a cooperative by code, holder and currency, after `after` (null:
  // from the start), of `code` alone where it is not 0.
  Page Find(const AccountTable& accounts, std::uint64_t cooperative, std::uint32_t code,
            const AccountKey* after, std::size_t count) const;

 private:
  // Compared, not used: it may be gone.
  const AccountTable* table_ = nullptr;
  std::size_t known_ = 0;
  // Numbers of rows.
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> rows_;
};

}  // namespace lumbung
