// The bank loan of a simulated cooperative: paid out, paid back, reported by the bank.
#include <algorithm>

#include "engine/base/decimal.h"
#include "engine/simulator/cooperative_life.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kLoan = 1;
constexpr std::uint64_t kVendor = 7;
constexpr int kMonday = 0;

// 92.02.01.2001 as 9202012001.
std::uint64_t RegionNumber(std::string_view village_code) {
  std::uint64_t number = 0;
  for (const char c : village_code) {
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

}  // namespace

std::int64_t CooperativeLife::Outstanding() const {
  std::int64_t outstanding = profile_.loan.principal;
  for (std::uint32_t i = 1; i <= instalments_paid_; ++i) {
    outstanding -= InstalmentPrincipal(profile_.loan, i);
  }
  return outstanding;
}

std::int64_t CooperativeLife::NextInstalment() const {
  return InstalmentPrincipal(profile_.loan, instalments_paid_ + 1) +
         InstalmentInterest(profile_.loan);
}

bool CooperativeLife::OwesInstalment(Date date) const {
  const LoanTerms& loan = profile_.loan;
  return loan.principal != 0 && instalments_paid_ < loan.tenor_months &&
         InstalmentDue(loan, instalments_paid_ + 1) <= date;
}

void CooperativeLife::PayOutLoan() {
  const LoanTerms& loan = profile_.loan;
  if (loan.principal == 0 || loan.is_weak) return;
  v1::Transaction& paid = Begin("loan-disbursement", "rtgs", 0);
  paid.mutable_loan_disbursement()->set_loan(kLoan);
  paid.mutable_loan_disbursement()->mutable_vendor()->set_holder_class("vendor");
  paid.mutable_loan_disbursement()->mutable_vendor()->set_number(kVendor);
  const std::int64_t vehicle = loan.principal / 5 * 3;
  Post({{1201, vehicle}, {1171, loan.principal - vehicle}, {2131, -loan.principal, kLoan}});
}

// In time for the next one, where there is money for it.
void CooperativeLife::FundInstalment() {
  const LoanTerms& loan = profile_.loan;
  if (loan.is_weak || !OwesInstalment(DateOfDays(DaysOfDate(today_) + 14))) return;
  const std::int64_t missing = NextInstalment() - book_.Balance(1112);
  if (missing <= 0 || book_.Balance(1111) < missing) return;
  Begin("transfer", "internal-transfer", 0, v1::Transaction::REQUEST);
  Post({{1112, missing}, {1111, -missing}});
}

// The bank debits what is due, on the first working day on which the account holds it.
void CooperativeLife::PayInstalment() {
  if (!local_.is_working_day || !OwesInstalment(today_)) return;
  if (book_.Balance(1112) < NextInstalment()) return;
  const LoanTerms& loan = profile_.loan;
  const std::uint32_t number = ++instalments_paid_;
  const std::int64_t principal = InstalmentPrincipal(loan, number);
  const std::int64_t interest = InstalmentInterest(loan);
  v1::Transaction& paid = Begin("loan-instalment", "direct-debit", 0);
  v1::LoanRepayment& repayment = *paid.mutable_loan_repayment();
  repayment.set_loan(kLoan);
  repayment.add_instalments(number);
  repayment.set_due_date(InstalmentDue(loan, number));
  repayment.mutable_split()->set_principal(principal);
  repayment.mutable_split()->set_interest(interest);
  repayment.mutable_outstanding()->set_principal(Outstanding());
  *repayment.mutable_payer() = Self();
  if (loan_is_paid_by_village_) {
    repayment.mutable_payer()->set_holder_class("region");
    repayment.mutable_payer()->set_number(RegionNumber(cooperative_.village.code));
  }
  loan_is_paid_by_village_ = false;
  paid.mutable_party()->set_holder_class("bank");
  paid.mutable_party()->set_number(
      static_cast<std::uint64_t>(ParseDecimal(loan.lender, 0).value_or(0)));
  Post({{2131, principal, kLoan}, {6201, interest}, {1112, -principal - interest}});
}

// Mondays, and on the second day: how the bank's file saw it the evening before.
void CooperativeLife::ReportLoanStatus() {
  const Date yesterday = DateOfDays(DaysOfDate(today_) - 1);
  if (profile_.loan.principal == 0) return;
  if (yesterday != first_day_ && WeekdayOf(today_) != kMonday) return;
  std::int32_t days = 0;
  if (OwesInstalment(yesterday)) {
    days = DaysOfDate(yesterday) - DaysOfDate(InstalmentDue(profile_.loan, instalments_paid_ + 1));
  }
  v1::Command command = NewCommand();
  v1::LoanStatus& status = *command.mutable_report_loan_status();
  status.set_cooperative(cooperative_.number);
  status.set_loan(kLoan);
  status.set_as_of(yesterday);
  status.set_days_past_due(static_cast<std::uint32_t>(days));
  status.mutable_outstanding()->set_principal(Outstanding());
  teller_->Tell(command, now_);
}

// Village funds stand in for what is overdue: an instalment a month.
void CooperativeLife::InterceptVillageFund() {
  if (!OwesInstalment(today_)) return;
  const std::int64_t missing = NextInstalment() - book_.Balance(1112);
  if (missing <= 0) return;
  Begin("village-fund-intercept", "village-fund-intercept", 0);
  Post({{1112, missing}, {2133, -missing, RegionNumber(cooperative_.village.code)}});
  loan_is_paid_by_village_ = true;
}

}  // namespace lumbung
