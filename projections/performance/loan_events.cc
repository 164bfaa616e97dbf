#include "projections/performance/loan_events.h"

#include <optional>

#include "projections/performance/keys.h"
#include "projections/performance/rules.h"

namespace lumbung::performance {

void LoanEvents::Add(std::uint64_t cooperative, std::uint64_t loan, const v1::Event& event,
                     std::uint32_t item, v1::LoanEvent& told) {
  told.set_sequence(event.sequence());
  told.set_recorded_at(event.recorded_at());
  std::string key = LoanPrefix(Row::kLoanEvent, cooperative, loan);
  AppendBigEndian(key, event.sequence());
  AppendBigEndian(key, item);
  rows_.emplace_back(std::move(key), told.SerializeAsString());
}

// It need not say of which loan, so it is kept by what it undoes.
void LoanEvents::TakeReversal(const v1::Event& event, const v1::Transaction& transaction) {
  const bool of_loan = transaction.has_loan_repayment() || transaction.has_loan_disbursement() ||
                       transaction.kind() == kRepaymentKind ||
                       transaction.kind() == kDisbursementKind ||
                       transaction.kind() == kInterceptKind;
  const std::optional<Uuid> undone = ParseUuid(transaction.reverses());
  if (of_loan && undone) {
    std::string value;
    AppendBigEndian(value, event.sequence());
    rows_.emplace_back(LoanReversalKey(transaction.cooperative(), *undone), std::move(value));
  }
}

void LoanEvents::Take(const v1::Event& event, const v1::Transaction& transaction,
                      std::uint32_t item) {
  if (!transaction.reverses().empty()) {
    return TakeReversal(event, transaction);
  }
  v1::LoanEvent told;
  std::uint64_t loan = 0;
  if (transaction.has_loan_repayment()) {
    const v1::LoanRepayment& paid = transaction.loan_repayment();
    loan = paid.loan();
    told.set_kind(v1::LoanEvent::REPAID);
    *told.mutable_split() = paid.split();
    *told.mutable_instalments() = paid.instalments();
  } else if (transaction.has_loan_disbursement()) {
    loan = transaction.loan_disbursement().loan();
    told.set_kind(v1::LoanEvent::DISBURSED);
    std::int64_t principal = 0;
    for (const v1::Entry& entry : transaction.entries()) {
      principal += entry.holder() == loan ? entry.credit() + entry.debit() : 0;
    }
    told.mutable_split()->set_principal(principal);
  } else {
    return;
  }
  told.set_date(transaction.business_date());
  told.set_transaction_id(transaction.transaction_id());
  Add(transaction.cooperative(), loan, event, item, told);
}

void LoanEvents::Take(const v1::Event& event) {
  v1::LoanEvent told;
  if (event.has_loan_granted()) {
    v1::Loan granted = event.loan_granted().loan();
    granted.clear_schedule();
    rows_.emplace_back(LoanPrefix(Row::kLoan, granted.cooperative(), granted.loan()),
                       granted.SerializeAsString());
    told.set_kind(v1::LoanEvent::GRANTED);
    told.set_date(granted.granted_date());
    told.mutable_split()->set_principal(granted.principal());
    Add(granted.cooperative(), granted.loan(), event, 0, told);
  } else if (event.has_loan_schedule_replaced()) {
    const v1::LoanSchedule& schedule = event.loan_schedule_replaced().schedule();
    told.set_kind(v1::LoanEvent::SCHEDULE_REPLACED);
    Add(schedule.cooperative(), schedule.loan(), event, 0, told);
  } else if (event.has_loan_payment_reported()) {
    const v1::LoanPayment& payment = event.loan_payment_reported().payment();
    told.set_kind(v1::LoanEvent::PAYMENT_REPORTED);
    told.set_date(payment.business_date());
    *told.mutable_split() = payment.split();
    *told.mutable_instalments() = payment.instalments();
    told.set_reverses(!payment.reverses().empty());
    Add(payment.cooperative(), payment.loan(), event, 0, told);
  }
}

void LoanEvents::Finish(RowWriter& out) {
  for (const auto& [key, value] : rows_) {
    out.Put(key, value);
  }
  rows_.clear();
}

}  // namespace lumbung::performance
