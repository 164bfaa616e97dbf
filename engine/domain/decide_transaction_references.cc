// Of TransactionDecider: the checks of what a transaction names.
#include <algorithm>

#include "engine/base/check.h"
#include "engine/domain/decide_transaction.h"

namespace lumbung {
namespace {

std::string CodeText(const v1::Entry& entry) { return "code " + std::to_string(entry.code()); }

v1::Entry Mirrored(const v1::Entry& entry) {
  v1::Entry mirrored = entry;
  if (entry.has_debit()) {
    mirrored.set_credit(entry.debit());
  } else {
    mirrored.set_debit(entry.credit());
  }
  return mirrored;
}

bool SameEntry(const v1::Entry& a, const v1::Entry& b) {
  return KeyOf(0, a) == KeyOf(0, b) && a.debit() == b.debit() && a.credit() == b.credit();
}

}  // namespace

bool TransactionDecider::CheckReferences(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  item.cooperative = state_->FindCooperative(transaction.cooperative());
  if (item.cooperative == nullptr) {
    return Refuse(v1::UNKNOWN_COOPERATIVE, "cooperative: is not registered");
  }
  // The zone changes with the attributes; those of the business date say what today is.
  item.today =
      LocalDate(now_, item.cooperative->InForce(transaction.business_date()).utc_offset_minutes());
  const Date date = std::min(transaction.business_date(), item.today);
  const ChartVersions* chart = state_->FindChart(item.cooperative->InForce(date).chart());
  LUMBUNG_CHECK(chart != nullptr);
  item.chart = &chart->InForce(date);
  item.kind = item.chart->FindKind(transaction.kind());
  if (item.kind == nullptr) {
    return Refuse(v1::UNKNOWN_KIND, "kind: the chart does not list " + transaction.kind());
  }
  if (item.chart->FindChannel(transaction.channel()) == nullptr) {
    return Refuse(v1::UNKNOWN_CHANNEL, "channel: the chart does not list " + transaction.channel());
  }
  if (item.is_reversal && !CheckReversal(item)) {
    return false;
  }
  if (item.capture != nullptr && !CheckCapture(item)) {
    return false;
  }
  return CheckEntryReferences(item) && CheckLoanDetails(item) && CheckConditionCodes(item);
}

const v1::HoldRow* TransactionDecider::FindHold(const HoldKey& key) {
  const v1::HoldRow* hold = state_->FindHold(key);
  if (hold == nullptr) {
    const Recorded target = history_->Find({key.id, key.cooperative, false});
    if (target.event != nullptr && target.event->has_transaction_held()) {
      Refuse(v1::HOLD_ENDED, "hold_id: the hold has ended");
    } else {
      Refuse(v1::UNKNOWN_HOLD, "hold_id: there is no such hold");
    }
  }
  return hold;
}

bool TransactionDecider::CheckCapture(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  item.captured_hold = FindHold({transaction.cooperative(), *ParseUuid(item.capture->hold_id())});
  if (item.captured_hold == nullptr) {
    return false;
  }
  if (transaction.entries().empty()) {
    v1::Transaction& filled = FilledCopy(transaction);
    *filled.mutable_entries() = item.captured_hold->entries();
    item.recorded = &filled;
    return true;
  }
  NetChanges& left = changes_;
  left.Clear();
  for (const v1::Entry& entry : item.captured_hold->entries()) {
    left.AddPosted(transaction.cooperative(), entry);
  }
  for (const v1::Entry& entry : transaction.entries()) {
    NetChange& change = left.At(KeyOf(transaction.cooperative(), entry));
    change.debit -= entry.debit();
    change.credit -= entry.credit();
    if (change.debit < 0 || change.credit < 0) {
      return Refuse(v1::HOLD_EXCEEDED,
                    "entries: " + FormatAccount(change.key) + " goes beyond what is held");
    }
  }
  return true;
}

bool TransactionDecider::CheckReversal(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  const CommandKey key{*ParseUuid(transaction.reverses()), transaction.cooperative(), false};
  CommandKey reversed = key;
  reversed.reversal_of = true;
  // Looked up first, as what is found is valid only until the next look-up.
  const bool before = history_->Find(reversed).event != nullptr ||
                      std::find(reversed_in_batch_.begin(), reversed_in_batch_.end(),
                                transaction.reverses()) != reversed_in_batch_.end();
  const Recorded target = history_->Find(key);
  if (target.event == nullptr) {
    return Refuse(v1::UNKNOWN_TRANSACTION, "reverses: there is no such transaction");
  }
  const v1::Transaction* undone = FindTransaction(*target.event, transaction.reverses());
  if (undone == nullptr || target.event->has_transaction_held()) {
    return Refuse(v1::NOT_REVERSIBLE, "reverses: it is no posted transaction");
  }
  if (!undone->reverses().empty()) {
    return Refuse(v1::NOT_REVERSIBLE, "reverses: it is a reversal itself");
  }
  if (before) {
    return Refuse(v1::ALREADY_REVERSED, "reverses: has been reversed before");
  }
  if (transaction.entries().empty()) {
    v1::Transaction& filled = FilledCopy(transaction);
    for (const v1::Entry& entry : undone->entries()) {
      *filled.add_entries() = Mirrored(entry);
    }
    item.recorded = &filled;
  } else {
    bool same = transaction.entries_size() == undone->entries_size();
    for (int i = 0; same && i < undone->entries_size(); ++i) {
      same = SameEntry(transaction.entries(i), Mirrored(undone->entries(i)));
    }
    if (!same) {
      return Refuse(v1::REVERSAL_MISMATCH,
                    "entries: are not those of the other transaction with the sides exchanged");
    }
  }
  if (has_earlier_) {
    reversed_in_batch_.push_back(transaction.reverses());
  }
  return true;
}

bool TransactionDecider::CheckEntryReferences(const Item& item) {
  for (const v1::Entry& entry : item.recorded->entries()) {
    if (!CheckEntry(item, entry)) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckEntry(const Item& item, const v1::Entry& entry) {
  const v1::AccountCode* code = item.chart->FindCode(entry.code());
  if (code == nullptr) {
    return Refuse(v1::UNKNOWN_CODE, "entries: the chart does not list " + CodeText(entry));
  }
  if (code->retired_from() != 0 && code->retired_from() <= item.transaction->business_date() &&
      !item.is_reversal && !item.kind->adjustment()) {
    return Refuse(v1::CODE_RETIRED, "entries: " + CodeText(entry) + " is retired; use " +
                                        std::to_string(code->succeeded_by()));
  }
  const bool listed = entry.currency().empty()
                          ? item.chart->has_rupiah()
                          : item.chart->FindCurrency(*ParseCurrency(entry.currency())) != nullptr;
  if (!listed) {
    return Refuse(v1::UNKNOWN_CURRENCY, "entries: the chart does not list " +
                                            FormatCurrency(*ParseCurrency(entry.currency())));
  }
  if (!CheckHolder(item, *code, entry)) {
    return false;
  }
  if (code->opening() == v1::AccountCode::EXPLICIT) {
    const AccountKey key = KeyOf(item.transaction->cooperative(), entry);
    const AccountRow* row = state_->accounts().Find(key);
    if (row == nullptr || (row->flags & AccountRow::kOpened) == 0) {
      return Refuse(v1::UNKNOWN_ACCOUNT,
                    "entries: account " + FormatAccount(key) + " has not been opened");
    }
  }
  return true;
}

bool TransactionDecider::CheckHolder(const Item& item, const v1::AccountCode& code,
                                     const v1::Entry& entry) {
  if (entry.holder() == 0) {
    return !code.holder_required() ||
           Refuse(v1::HOLDER_MISMATCH,
                  "entries: " + CodeText(entry) + " wants the number of a " + code.holder_class());
  }
  if (code.holder_class().empty()) {
    return Refuse(v1::HOLDER_MISMATCH, "entries: " + CodeText(entry) + " takes no holder");
  }
  if (!code.holder_registered()) {
    return true;
  }
  const std::uint64_t cooperative = item.transaction->cooperative();
  const bool known =
      code.holder_class() == "loan"
          ? state_->FindLoan({cooperative, entry.holder()}) != nullptr
          : state_->FindHolder({cooperative, code.holder_class(), entry.holder()}) != nullptr;
  return known ||
         Refuse(v1::UNKNOWN_HOLDER, "entries: " + code.holder_class() + " " +
                                        std::to_string(entry.holder()) + " is not registered");
}

bool TransactionDecider::CheckLoanDetails(const Item& item) {
  const v1::Transaction& transaction = *item.recorded;
  if (transaction.details_case() == v1::Transaction::DETAILS_NOT_SET) {
    return true;
  }
  const bool repays = transaction.has_loan_repayment();
  const std::uint64_t loan =
      repays ? transaction.loan_repayment().loan() : transaction.loan_disbursement().loan();
  if (state_->FindLoan({transaction.cooperative(), loan}) == nullptr) {
    return Refuse(v1::UNKNOWN_LOAN, "loan " + std::to_string(loan) + ": has not been granted");
  }
  if (repays) {
    return CheckRepaymentSplit(item, transaction.loan_repayment());
  }
  const bool any = std::any_of(
      transaction.entries().begin(), transaction.entries().end(), [&](const v1::Entry& entry) {
        return item.chart->FindCode(entry.code())->component() == v1::PRINCIPAL &&
               entry.holder() == loan;
      });
  return any ||
         Refuse(v1::SPLIT_MISMATCH, "entries: none is principal of loan " + std::to_string(loan));
}

bool TransactionDecider::CheckRepaymentSplit(const Item& item, const v1::LoanRepayment& repayment) {
  Int128 sums[v1::Component_ARRAYSIZE] = {};
  for (const v1::Entry& entry : item.recorded->entries()) {
    const v1::Component component = item.chart->FindCode(entry.code())->component();
    sums[component] += static_cast<Int128>(entry.debit()) - entry.credit();
    if (component == v1::PRINCIPAL && entry.holder() != repayment.loan()) {
      return Refuse(v1::SPLIT_MISMATCH,
                    "entries: principal of another loan than " + std::to_string(repayment.loan()));
    }
  }
  // A borrower debits what it repays, a lender credits it.
  const v1::LoanSplit& split = repayment.split();
  const auto equals = [&](int sign) {
    return sums[v1::PRINCIPAL] == static_cast<Int128>(sign) * split.principal() &&
           sums[v1::INTEREST] == static_cast<Int128>(sign) * split.interest() &&
           sums[v1::PENALTY] == static_cast<Int128>(sign) * split.penalty() &&
           sums[v1::FEE] == static_cast<Int128>(sign) * split.fee();
  };
  return equals(1) || equals(-1) ||
         Refuse(v1::SPLIT_MISMATCH, "loan_repayment.split: differs from the entries by component");
}

bool TransactionDecider::CheckConditionCodes(const Item& item) {
  for (const v1::Condition& condition : item.transaction->conditions()) {
    if (item.chart->FindCode(condition.code()) == nullptr) {
      return Refuse(v1::UNKNOWN_CODE,
                    "conditions: the chart does not list code " + std::to_string(condition.code()));
    }
  }
  return true;
}

}  // namespace lumbung
