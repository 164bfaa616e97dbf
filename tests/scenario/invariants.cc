#include "tests/scenario/invariants.h"

#include <algorithm>
#include <functional>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// In the direction in which the account grows, less what is held against it.
Int128 Available(const Recomputed& account, v1::Side grows_by) {
  return grows_by == v1::DEBIT ? account.balance - account.held_credit
                               : -account.balance - account.held_debit;
}

Recomputed Find(const RecomputedAccounts& accounts, const AccountKey& key) {
  const auto it = accounts.find(key);
  return it == accounts.end() ? Recomputed{} : it->second;
}

template <typename Entries>
void Reserve(RecomputedAccounts& accounts, std::uint64_t cooperative, const Entries& entries,
             int sign) {
  for (const v1::Entry& entry : entries) {
    Recomputed& account = accounts[AccountOf(cooperative, entry)];
    account.held_debit += sign * static_cast<Int128>(entry.debit());
    account.held_credit += sign * static_cast<Int128>(entry.credit());
  }
}

bool HasOverride(const v1::Posting& posting, v1::Code code) {
  return std::find(posting.overrides().begin(), posting.overrides().end(), code) !=
         posting.overrides().end();
}

AccountKey KeyOf(const v1::Account& account) {
  return {account.cooperative(), account.code(), ParseCurrency(account.currency()).value_or(0),
          account.holder()};
}

std::map<std::string, std::string> RowsOf(const State& state) {
  std::map<std::string, std::string> rows;
  std::string last;
  state.ForEachRow([&](std::string_view key, std::string_view value) {
    LUMBUNG_CHECK(rows.empty() || last < key);
    last = key;
    rows.emplace(key, value);
  });
  return rows;
}

}  // namespace

AccountKey AccountOf(std::uint64_t cooperative, const v1::Entry& entry) {
  return {cooperative, entry.code(), ParseCurrency(entry.currency()).value_or(0), entry.holder()};
}

std::vector<std::string> Invariants::Check() {
  problems_.clear();
  for (; taken_ < ledger_.events().size(); ++taken_) {
    TakeEvent(ledger_.events()[taken_]);
  }
  CheckAccounts();
  CheckTotals();
  CheckHolds();
  CheckReplay();
  CheckCopiedRows();
  return std::move(problems_);
}

void Invariants::TakeEvent(const v1::Event& event) {
  if (event.has_transaction_posted()) {
    TakePosting(event.transaction_posted().transaction(), event.transaction_posted().posting(),
                event.recorded_at(), false);
  } else if (event.has_batch_posted()) {
    for (const v1::TransactionPosted& posted : event.batch_posted().transactions()) {
      TakePosting(posted.transaction(), posted.posting(), event.recorded_at(), false);
    }
  } else if (event.has_transaction_held()) {
    const v1::TransactionHeld& held = event.transaction_held();
    const v1::Transaction& transaction = held.transaction();
    TakePosting(transaction, held.posting(), event.recorded_at(), true);
    holds_[{transaction.cooperative(), *ParseUuid(transaction.transaction_id())}] = {
        transaction.entries().begin(), transaction.entries().end()};
  } else if (event.has_hold_captured()) {
    const v1::HoldCaptured& captured = event.hold_captured();
    const std::uint64_t cooperative = captured.transaction().cooperative();
    const RecomputedAccounts before = accounts_;
    Reserve(accounts_, cooperative, captured.released(), -1);
    holds_.erase({cooperative, *ParseUuid(captured.hold_id())});
    for (const v1::Entry& entry : captured.transaction().entries()) {
      accounts_[AccountOf(cooperative, entry)].balance +=
          static_cast<Int128>(entry.debit()) - entry.credit();
    }
    CheckPosting(captured.transaction(), captured.posting(), event.recorded_at(), before);
  } else if (event.has_hold_released()) {
    const v1::HoldReleased& released = event.hold_released();
    Reserve(accounts_, released.cooperative(), released.released(), -1);
    holds_.erase({released.cooperative(), *ParseUuid(released.hold_id())});
  } else if (event.has_account_opened()) {
    limits_[KeyOf(event.account_opened().opening().account())] =
        event.account_opened().opening().limits();
  } else if (event.has_account_status_changed()) {
    limits_[KeyOf(event.account_status_changed().status().account())] =
        event.account_status_changed().status().limits();
  }
  replayed_.Apply(event);
}

void Invariants::TakePosting(const v1::Transaction& transaction, const v1::Posting& posting,
                             std::int64_t recorded_at, bool hold) {
  const RecomputedAccounts before = accounts_;
  if (hold) {
    Reserve(accounts_, transaction.cooperative(), transaction.entries(), 1);
  } else {
    for (const v1::Entry& entry : transaction.entries()) {
      accounts_[AccountOf(transaction.cooperative(), entry)].balance +=
          static_cast<Int128>(entry.debit()) - entry.credit();
    }
  }
  CheckPosting(transaction, posting, recorded_at, before);
}

void Invariants::CheckPosting(const v1::Transaction& transaction, const v1::Posting& posting,
                              std::int64_t recorded_at, const RecomputedAccounts& before) {
  const std::string& id = transaction.transaction_id();
  std::map<std::string, Int128> sums;
  for (const v1::Entry& entry : transaction.entries()) {
    sums[entry.currency()] += static_cast<Int128>(entry.debit()) - entry.credit();
  }
  for (const auto& [currency, sum] : sums) {
    if (sum != 0) {
      Fail("transaction " + id + " does not balance in " + currency);
    }
  }
  if (transaction.entries_size() < 2 || posting.posting_date() == 0) {
    Fail("transaction " + id + " has no entries or no posting date");
  }
  if (transaction.nature() != v1::Transaction::FACT && posting.overrides_size() != 0) {
    Fail("request " + id + " was let past something");
  }
  if (std::adjacent_find(posting.overrides().begin(), posting.overrides().end(),
                         std::greater_equal<>()) != posting.overrides().end()) {
    Fail("transaction " + id + " has overrides out of order");
  }
  CheckFloors(transaction, posting, recorded_at, before);
}

void Invariants::CheckFloors(const v1::Transaction& transaction, const v1::Posting& posting,
                             std::int64_t recorded_at, const RecomputedAccounts& before) {
  const CooperativeState& cooperative = *ledger_.state().FindCooperative(transaction.cooperative());
  const std::int32_t offset = cooperative.InForce(transaction.business_date()).utc_offset_minutes();
  const Date day = std::min(transaction.business_date(), LocalDate(recorded_at, offset));
  const Chart& chart = ledger_.state().FindChart(cooperative.InForce(day).chart())->InForce(day);
  for (const v1::Entry& entry : transaction.entries()) {
    const AccountKey key = AccountOf(transaction.cooperative(), entry);
    const v1::AccountCode* code = chart.FindCode(entry.code());
    const auto limits = limits_.find(key);
    const bool own = limits != limits_.end() && limits->second.has_minimum();
    if (code == nullptr || !(own || code->floor())) {
      continue;
    }
    const Int128 least = own ? limits->second.minimum() : 0;
    const Int128 now = Available(Find(accounts_, key), code->grows_by());
    const v1::Code wanted = own ? v1::LIMIT_EXCEEDED : v1::INSUFFICIENT_FUNDS;
    if (now < least && now < Available(Find(before, key), code->grows_by()) &&
        !HasOverride(posting, wanted)) {
      Fail("account " + FormatAccount(key) + " fell below its floor and nothing let it");
    }
  }
}

void Invariants::CheckAccounts() {
  const AccountTable& table = ledger_.state().accounts();
  for (const auto& [key, account] : accounts_) {
    const AccountRow* row = table.Find(key);
    const AccountRow empty;
    const AccountRow& found = row == nullptr ? empty : *row;
    if (found.balance != account.balance || found.held_debit != account.held_debit ||
        found.held_credit != account.held_credit) {
      Fail("account " + FormatAccount(key) + " is not what its entries and holds add up to");
    }
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    const AccountRow& row = table.row(i);
    if (!accounts_.contains(row.key) && (row.balance | row.held_debit | row.held_credit) != 0) {
      Fail("account " + FormatAccount(row.key) + " has amounts that no entry gave it");
    }
  }
}

void Invariants::CheckTotals() {
  std::map<std::pair<std::uint64_t, CurrencyCode>, Int128> sums;
  const AccountTable& table = ledger_.state().accounts();
  for (std::size_t i = 0; i < table.size(); ++i) {
    sums[{table.row(i).key.cooperative, table.row(i).key.currency}] += table.row(i).balance;
  }
  for (const auto& [book, sum] : sums) {
    if (sum != 0) {
      Fail("cooperative " + std::to_string(book.first) + ": debits and credits of " +
           FormatCurrency(book.second) + " differ");
    }
  }
}

void Invariants::CheckHolds() {
  RecomputedAccounts held;
  for (const auto& [key, entries] : holds_) {
    Reserve(held, key.cooperative, entries, 1);
    const v1::HoldRow* row = ledger_.state().FindHold(key);
    if (row == nullptr || row->entries_size() != static_cast<int>(entries.size())) {
      Fail("hold " + FormatUuid(key.id) + " is open in the log and not in the state");
    }
  }
  for (const auto& [key, account] : accounts_) {
    const Recomputed open = Find(held, key);
    if (open.held_debit != account.held_debit || open.held_credit != account.held_credit) {
      Fail("account " + FormatAccount(key) + " has amounts held that no open hold reserves");
    }
  }
}

void Invariants::CheckReplay() {
  const Hash digest = ledger_.state().Digest();
  if (replayed_.Digest() != digest) {
    Fail("replaying the log event by event gives another state");
  }
  State loaded;
  for (const auto& [key, value] : RowsOf(ledger_.state())) {
    if (const Status status = loaded.LoadRow(key, value); !status.ok()) {
      Fail("a row of the state can't be read again: " + status.message());
    }
  }
  if (loaded.Digest() != digest) {
    Fail("a state loaded from its rows differs");
  }
}

void Invariants::CheckCopiedRows() {
  CutRows copied;
  ledger_.state().BeginCut();
  while (!ledger_.state().CopyCut(3, copied)) {
  }
  for (const StateRow& row : copied.Sorted()) {
    if (row.deleted) {
      rows_.erase(row.key);
    } else {
      rows_[row.key] = row.value;
    }
  }
  if (rows_ != RowsOf(ledger_.state())) {
    Fail("the rows that were cut and copied are not the state's");
  }
}

}  // namespace lumbung
