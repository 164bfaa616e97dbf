#include "engine/serve/account_directory.h"

#include <algorithm>
#include <tuple>

namespace lumbung {
namespace {

auto Order(const AccountKey& key) { return std::tuple(key.code, key.holder, key.currency); }

}  // namespace

bool AccountDirectory::CatchUp(const AccountTable& accounts, std::size_t most) {
  if (table_ != &accounts) {
    table_ = &accounts;
    known_ = 0;
    rows_.clear();
  }
  const std::size_t end = std::min(accounts.size(), known_ + most);
  for (; known_ < end; ++known_) {
    rows_[accounts.row(known_).key.cooperative].push_back(static_cast<std::uint32_t>(known_));
  }
  return known_ == accounts.size();
}

AccountDirectory::Page AccountDirectory::Find(const AccountTable& accounts,
                                              std::uint64_t cooperative, std::uint32_t code,
                                              const AccountKey* after, std::size_t count) const {
  Page page;
  const auto numbers = rows_.find(cooperative);
  if (numbers == rows_.end()) {
    return page;
  }
  for (const std::uint32_t number : numbers->second) {
    const AccountRow& row = accounts.row(number);
    if ((code == 0 || row.key.code == code) &&
        (after == nullptr || Order(*after) < Order(row.key))) {
      page.rows.push_back(&row);
    }
  }
  const auto before = [](const AccountRow* a, const AccountRow* b) {
    return Order(a->key) < Order(b->key);
  };
  page.more = page.rows.size() > count;
  if (page.more) {
    const auto end = page.rows.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(page.rows.begin(), end, page.rows.end(), before);
    page.rows.erase(end, page.rows.end());
  }
  std::sort(page.rows.begin(), page.rows.end(), before);
  return page;
}

}  // namespace lumbung
