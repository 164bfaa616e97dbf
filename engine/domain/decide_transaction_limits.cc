// Of TransactionDecider: what a transaction does to balances, and the checks of that.
#include <limits>
#include <utility>

#include "engine/domain/decide_transaction.h"

namespace lumbung {
namespace {

constexpr Int128 kMaxAmount = std::numeric_limits<std::int64_t>::max();

}  // namespace

void TransactionDecider::SumChanges(const Item& item) {
  const std::uint64_t cooperative = item.transaction->cooperative();
  changes_.Clear();
  for (const v1::Entry& entry : item.recorded->entries()) {
    if (item.is_hold) {
      changes_.AddHeld(cooperative, entry, 1);
    } else {
      changes_.AddPosted(cooperative, entry);
    }
  }
  if (item.captured_hold != nullptr) {
    for (const v1::Entry& entry : item.captured_hold->entries()) {
      changes_.AddHeld(cooperative, entry, -1);
    }
  }
  touched_.clear();
  for (NetChange& change : changes_.all()) {
    change.row = state_->accounts().Find(change.key);
    touched_.push_back({change.row, item.chart->FindCode(change.key.code)});
  }
}

const NetChange* TransactionDecider::Earlier(const AccountKey& key) const {
  return has_earlier_ ? earlier_.Find(key) : nullptr;
}

TransactionDecider::Figures TransactionDecider::FiguresOf(const AccountRow* row,
                                                          const v1::AccountCode& code,
                                                          const AccountKey& key,
                                                          const NetChange* change) const {
  Int128 balance = 0;
  Int128 held_debit = 0;
  Int128 held_credit = 0;
  if (row != nullptr) {
    balance = row->balance;
    held_debit = row->held_debit;
    held_credit = row->held_credit;
  }
  for (const NetChange* part : {Earlier(key), change}) {
    if (part != nullptr) {
      balance += part->debit - part->credit;
      held_debit += part->held_debit;
      held_credit += part->held_credit;
    }
  }
  return code.grows_by() == v1::DEBIT ? Figures{balance - held_credit, balance + held_debit}
                                      : Figures{-balance - held_debit, -balance + held_credit};
}

bool TransactionDecider::CheckLimits(Item& item) {
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    if (!CheckAccountLimits(item, place)) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckAccountLimits(Item& item, std::size_t place) {
  const Touched& touched = touched_[place];
  const NetChange& change = changes_.all()[place];
  const bool has_limits =
      touched.row != nullptr && (touched.row->flags & AccountRow::kHasLimits) != 0;
  if (!has_limits && !touched.code->floor()) {
    return true;
  }
  const Figures before = FiguresOf(touched.row, *touched.code, change.key, nullptr);
  const Figures after = FiguresOf(touched.row, *touched.code, change.key, &change);
  const v1::AccountLimits* limits = has_limits ? &state_->LimitsOf(*touched.row) : nullptr;
  const bool has_minimum = limits != nullptr && limits->has_minimum();
  const Int128 minimum = has_minimum ? limits->minimum() : 0;
  if ((has_minimum || touched.code->floor()) && after.available < before.available &&
      after.available < minimum &&
      !OverrideOrRefuse(item, has_minimum ? v1::LIMIT_EXCEEDED : v1::INSUFFICIENT_FUNDS,
                        "entries: account " + FormatAccount(change.key) + " would fall below " +
                            (has_minimum ? "its minimum" : "zero"))) {
    return false;
  }
  return limits == nullptr || !limits->has_maximum() || after.ceiling <= before.ceiling ||
         after.ceiling <= limits->maximum() ||
         OverrideOrRefuse(
             item, v1::LIMIT_EXCEEDED,
             "entries: account " + FormatAccount(change.key) + " would rise above its maximum");
}

bool TransactionDecider::CheckConditions(Item& item) {
  for (const v1::Condition& condition : item.transaction->conditions()) {
    const AccountKey key{item.transaction->cooperative(), condition.code(),
                         *ParseCurrency(condition.currency()), condition.holder()};
    const Figures after =
        FiguresOf(state_->accounts().Find(key), *item.chart->FindCode(condition.code()), key,
                  std::as_const(changes_).Find(key));
    if (after.available < condition.minimum_available() &&
        !OverrideOrRefuse(item, v1::CONDITION_FAILED,
                          "conditions: account " + FormatAccount(key) + " would have less than " +
                              std::to_string(condition.minimum_available()))) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckOverflow() {
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    const NetChange& change = changes_.all()[place];
    const AccountRow* row = touched_[place].row;
    const NetChange* earlier = Earlier(change.key);
    Int128 balance = (row != nullptr ? row->balance : 0) + change.debit - change.credit;
    Int128 held_debit = (row != nullptr ? row->held_debit : 0) + change.held_debit;
    Int128 held_credit = (row != nullptr ? row->held_credit : 0) + change.held_credit;
    if (earlier != nullptr) {
      balance += earlier->debit - earlier->credit;
    }
    if (balance + held_debit > kMaxAmount || balance - held_credit < -kMaxAmount ||
        held_debit > kMaxAmount || held_credit > kMaxAmount) {
      return Refuse(v1::AMOUNT_OVERFLOW,
                    "entries: the balance of " + FormatAccount(change.key) + " would not fit");
    }
  }
  return true;
}

bool TransactionDecider::IsNew(std::size_t place) const {
  return touched_[place].row == nullptr && Earlier(changes_.all()[place].key) == nullptr;
}

bool TransactionDecider::CheckRoom() {
  std::size_t missing = new_accounts_;
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    missing += IsNew(place) ? 1 : 0;
  }
  return missing == 0 || state_->accounts().HasRoomFor(missing) ||
         Refuse(v1::MEMORY_BUDGET, "the memory budget for accounts is used up");
}

}  // namespace lumbung
