// Facts of FeedMaker that are no transactions: outlets, loans, confirmations of banks.
#include <algorithm>
#include <utility>

#include "tests/unit/projections/performance/feed_maker.h"

namespace lumbung {
namespace {

void FillSchedule(v1::LoanSchedule& schedule, std::uint64_t cooperative, std::uint64_t loan,
                  const std::vector<FeedMaker::Due>& instalments) {
  schedule.set_cooperative(cooperative);
  schedule.set_loan(loan);
  for (const FeedMaker::Due& due : instalments) {
    v1::Instalment& instalment = *schedule.add_instalments();
    instalment.set_number(static_cast<std::uint32_t>(schedule.instalments_size()));
    instalment.set_due_date(due.date);
    instalment.mutable_due()->set_principal(due.principal);
    instalment.mutable_due()->set_interest(due.interest);
    instalment.mutable_due()->set_fee(77);
  }
}

}  // namespace

void FeedMaker::Outlet(std::uint64_t cooperative, std::uint64_t outlet, bool open, Date effective) {
  v1::Event event;
  v1::Holder& holder = *event.mutable_holder_changed()->mutable_holder();
  holder.set_cooperative(cooperative);
  holder.set_holder_class("outlet");
  holder.set_number(outlet);
  holder.set_status(open ? v1::Holder::ACTIVE : v1::Holder::CLOSED);
  holder.set_effective_date(effective);
  Add(std::move(event));
}

void FeedMaker::Grant(std::uint64_t cooperative, std::uint64_t loan,
                      const std::vector<Due>& schedule, const std::string& currency) {
  v1::Event event;
  v1::Loan& granted = *event.mutable_loan_granted()->mutable_loan();
  granted.set_cooperative(cooperative);
  granted.set_loan(loan);
  granted.set_currency(currency);
  FillSchedule(*granted.mutable_schedule(), cooperative, loan, schedule);
  Add(std::move(event));
}

void FeedMaker::ReplaceSchedule(std::uint64_t cooperative, std::uint64_t loan,
                                const std::vector<Due>& schedule) {
  v1::Event event;
  FillSchedule(*event.mutable_loan_schedule_replaced()->mutable_schedule(), cooperative, loan,
               schedule);
  Add(std::move(event));
}

void FeedMaker::ReportStatus(std::uint64_t cooperative, std::uint64_t loan, Date as_of,
                             std::uint32_t days_past_due, std::int64_t principal) {
  v1::Event event;
  v1::LoanStatus& status = *event.mutable_loan_status_reported()->mutable_status();
  status.set_cooperative(cooperative);
  status.set_loan(loan);
  status.set_as_of(as_of);
  status.set_days_past_due(days_past_due);
  status.mutable_outstanding()->set_principal(principal);
  status.mutable_outstanding()->set_interest(13);
  Add(std::move(event));
}

void FeedMaker::ReportPayment(std::uint64_t cooperative, std::uint64_t loan, const Due& paid,
                              bool is_reversal) {
  v1::Event event;
  v1::LoanPayment& payment = *event.mutable_loan_payment_reported()->mutable_payment();
  payment.set_cooperative(cooperative);
  payment.set_loan(loan);
  payment.set_business_date(paid.date);
  payment.mutable_split()->set_principal(paid.principal);
  payment.mutable_split()->set_interest(paid.interest);
  payment.mutable_split()->set_penalty(99);
  if (is_reversal) {
    payment.set_reverses("the payment before");
  }
  Add(std::move(event));
}

void FeedMaker::ConfirmBank(std::uint64_t cooperative, const std::string& account, Date as_of) {
  v1::Event event;
  v1::Attestation& attestation = *event.mutable_attestation_recorded()->mutable_attestation();
  attestation.set_cooperative(cooperative);
  attestation.set_kind("bank-balance");
  attestation.set_subject(account);
  attestation.set_as_of(as_of);
  Add(std::move(event));
}

std::vector<FeedMaker::Due> FeedMaker::RandomSchedule() {
  std::vector<Due> schedule;
  for (std::int64_t left = Pick(1, 4); left > 0; --left) {
    schedule.push_back({RandomDay(-5, 20), Pick(1, 9'000), Pick(0, 500)});
  }
  return schedule;
}

void FeedMaker::AddRandomFact() {
  // Loans are numbered through; each is one of a few cooperatives'.
  const auto of_loan = [](std::uint64_t loan) { return loan % 5 + 1; };
  const auto cooperative = static_cast<std::uint64_t>(Pick(1, 12));
  const auto loan = static_cast<std::uint64_t>(Pick(1, static_cast<std::int64_t>(loans_)));
  const std::int64_t what = loans_ < 4 ? 0 : Pick(0, 19);
  if (what == 0) {
    ++loans_;
    Grant(of_loan(loans_), loans_, RandomSchedule(), loans_ % 4 == 0 ? "USD" : "");
  } else if (what < 3) {
    ReplaceSchedule(of_loan(loan), loan, RandomSchedule());
  } else if (what < 9) {
    ReportStatus(of_loan(loan), loan, RandomDay(-12, 0),
                 static_cast<std::uint32_t>(Pick(0, 1) == 0 ? 0 : Pick(80, 200)), Pick(0, 90'000));
  } else if (what < 12) {
    ReportPayment(of_loan(loan), loan, {RandomDay(-9, 0), Pick(1, 9'000), Pick(0, 500)},
                  Pick(0, 4) == 0);
  } else if (what < 16) {
    const auto outlet = static_cast<std::uint64_t>(Pick(1, 3));
    Date& last = last_outlet_change_[{cooperative, outlet}];
    last = std::max(last, RandomDay(-3, 3));
    Outlet(cooperative, outlet, Pick(0, 2) != 0, last);
  } else {
    const std::string code = std::to_string(Pick(0, 4) == 0 ? 1121 : 1111 + Pick(0, 1));
    ConfirmBank(cooperative,
                std::to_string(cooperative) + ":" + code + ":0" + (Pick(0, 5) == 0 ? ":USD" : ""),
                RandomDay(-40, 2));
  }
}

}  // namespace lumbung
