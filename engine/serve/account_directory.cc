#include "engine/serve/account_directory.h"

#include <algorithm>
#include <tuple>

#include "engine/base/check.h"

namespace lumbung {
namespace {

auto Ordered(const AccountKey& key) {
  return std::tuple(key.cooperative, key.code, key.holder, key.currency);
}

}  // namespace

template <typename A, typename B>
bool AccountDirectory::Order::operator()(const A& a, const B& b) const {
  const auto ordered = [this](const auto& at) {
    if constexpr (std::is_same_v<std::decay_t<decltype(at)>, AccountKey>) {
      return Ordered(at);
    } else {
      ++*looked_at;
      return Ordered(table->row(at).key);
    }
  };
  return ordered(a) < ordered(b);
}

bool AccountDirectory::CatchUp(const AccountTable& accounts, std::size_t most) {
  if (table_ != &accounts) {
    table_ = &accounts;
    known_ = 0;
    rows_ = Rows(Order{&accounts, &looked_at_});
  }
  const std::size_t end = std::min(accounts.size(), known_ + most);
  for (; known_ < end; ++known_) {
    rows_.insert(static_cast<std::uint32_t>(known_));
  }
  return known_ == accounts.size();
}

AccountDirectory::Page AccountDirectory::Find(const AccountTable& accounts,
                                              std::uint64_t cooperative, std::uint32_t code,
                                              const AccountKey* after, std::size_t count) const {
  LUMBUNG_CHECK(&accounts == table_ && (code == 0 || cooperative != 0));
  Page page;
  const AccountKey first{.cooperative = cooperative, .code = code, .currency = 0, .holder = 0};
  auto next = after == nullptr || Ordered(*after) < Ordered(first) ? rows_.lower_bound(first)
                                                                   : rows_.upper_bound(*after);
  for (; next != rows_.end(); ++next) {
    const AccountRow& row = accounts.row(*next);
    ++looked_at_;
    if ((cooperative != 0 && row.key.cooperative != cooperative) ||
        (code != 0 && row.key.code != code)) {
      break;
    }
    if (page.rows.size() == count) {
      page.more = true;
      break;
    }
    page.rows.push_back(&row);
  }
  return page;
}

}  // namespace lumbung
