#include "engine/domain/cut_rows.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "engine/domain/state_rows.h"

namespace lumbung {
namespace {

// As the bytes of their rows' keys are ordered: a currency's letters stand before the holder.
bool KeyBefore(const AccountKey& a, const AccountKey& b) {
  return std::tie(a.cooperative, a.code, a.currency, a.holder) <
         std::tie(b.cooperative, b.code, b.currency, b.holder);
}

}  // namespace

void CutRows::Add(const AccountRow& account) {
  if (accounts_ == chunks_.size() * kChunk) {
    chunks_.emplace_back().reserve(kChunk);
  }
  chunks_.back().push_back(account);
  ++accounts_;
}

void CutRows::Clear() {
  others_.clear();
  others_.shrink_to_fit();
  chunks_.clear();
  accounts_ = 0;
}

Status CutRows::ForEach(const std::function<Status(const StateRow& row)>& visit) {
  std::sort(others_.begin(), others_.end(),
            [](const StateRow& a, const StateRow& b) { return a.key < b.key; });
  std::vector<std::uint32_t> order(accounts_);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return KeyBefore(account(a).key, account(b).key);
  });
  auto other = others_.begin();
  StateRow row;
  for (const std::uint32_t i : order) {
    row.key = AccountRowKey(RowType::kAccount, account(i).key);
    for (; other != others_.end() && other->key < row.key; ++other) {
      LUMBUNG_RETURN_IF_ERROR(visit(*other));
    }
    row.value = AccountRowValue(account(i));
    LUMBUNG_RETURN_IF_ERROR(visit(row));
  }
  for (; other != others_.end(); ++other) {
    LUMBUNG_RETURN_IF_ERROR(visit(*other));
  }
  return Status::Ok();
}

std::vector<StateRow> CutRows::Sorted() {
  std::vector<StateRow> rows;
  rows.reserve(size());
  const Status status = ForEach([&](const StateRow& row) {
    rows.push_back(row);
    return Status::Ok();
  });
  LUMBUNG_CHECK(status.ok());
  return rows;
}

}  // namespace lumbung
