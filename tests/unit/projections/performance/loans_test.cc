// Loans of banks: what is said of them by a day, what fell due and was paid, and the events behind
// it.
#include <gtest/gtest.h>

#include "projections/performance/loan_queries.h"
#include "projections/performance/loan_statement.h"
#include "tests/unit/projections/performance/performance_fixture.h"

namespace lumbung {
namespace {

constexpr Date kDay = FeedMaker::kFirstDay;
constexpr std::uint64_t kCooperative = 1;

std::vector<v1::LoanInfo> LoansOf(const BuiltPerformance& built, Date day,
                                  std::uint64_t cooperative = kCooperative) {
  return Must(performance::LoansOf(built.view(), cooperative, day));
}

// A transaction of one loan.
v1::Event Paying(std::uint64_t loan, std::int64_t principal, std::int64_t interest,
                 const std::string& id = "018f0000-0000-7000-8000-000000000001") {
  v1::Event event;
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_transaction_id(id);
  transaction.set_cooperative(kCooperative);
  transaction.set_kind("loan-instalment");
  transaction.set_channel("direct-debit");
  transaction.set_business_date(kDay + 1);
  v1::LoanRepayment& paid = *transaction.mutable_loan_repayment();
  paid.set_loan(loan);
  paid.add_instalments(1);
  paid.mutable_split()->set_principal(principal);
  paid.mutable_split()->set_interest(interest);
  return event;
}

v1::Event PayingOut(std::uint64_t loan, std::int64_t amount) {
  v1::Event event;
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_cooperative(kCooperative);
  transaction.set_kind("loan-disbursement");
  transaction.set_channel("rtgs");
  transaction.set_business_date(kDay);
  transaction.mutable_loan_disbursement()->set_loan(loan);
  v1::Entry& truck = *transaction.add_entries();
  truck.set_code(1201);
  truck.set_debit(amount);
  v1::Entry& debt = *transaction.add_entries();
  debt.set_code(2131);
  debt.set_holder(loan);
  debt.set_credit(amount);
  return event;
}

TEST(Loans, HaveTheirEventsTheNewestFirst) {
  FeedMaker feed;
  feed.Register(kCooperative, "11.01.01.2001");
  feed.Grant(kCooperative, 5, {{kDay + 1, 800, 200}, {kDay + 30, 900, 100}});
  feed.Add(PayingOut(5, 1'700));
  feed.Add(Paying(5, 400, 100));
  feed.ReportPayment(kCooperative, 5, {kDay + 2, 250, 50});
  feed.ReportPayment(kCooperative, 5, {kDay + 3, 250, 50}, true);
  feed.ReplaceSchedule(kCooperative, 5, {{kDay + 1, 800, 200}, {kDay + 40, 900, 100}});
  const BuiltPerformance built(feed.chain());
  const auto loans = LoansOf(built, kDay + 1);
  ASSERT_EQ(loans.size(), 1U);
  const v1::LoanInfo& loan = loans[0];
  EXPECT_EQ(loan.granted().loan(), 5U);
  EXPECT_FALSE(loan.granted().has_schedule());
  EXPECT_EQ(loan.due(), "1000");
  EXPECT_EQ(loan.paid(), "500");
  EXPECT_EQ(loan.instalments(), 2U);
  EXPECT_EQ(loan.next_due_date(), kDay + 40);
  EXPECT_FALSE(loan.has_status());
  EXPECT_EQ(loan.grade(), 0U);
  EXPECT_EQ(loan.total_events(), 6U);
  std::vector<v1::LoanEvent::Kind> kinds;
  std::uint64_t before = ~std::uint64_t{0};
  for (const v1::LoanEvent& event : loan.events()) {
    kinds.push_back(event.kind());
    EXPECT_LT(event.sequence(), before);
    EXPECT_NE(event.recorded_at(), 0);
    before = event.sequence();
  }
  using E = v1::LoanEvent;
  EXPECT_EQ(kinds, (std::vector{E::SCHEDULE_REPLACED, E::PAYMENT_REPORTED, E::PAYMENT_REPORTED,
                                E::REPAID, E::DISBURSED, E::GRANTED}));
  EXPECT_TRUE(loan.events(1).reverses());
  EXPECT_EQ(loan.events(3).transaction_id(), "018f0000-0000-7000-8000-000000000001");
  EXPECT_EQ(loan.events(3).split().principal(), 400);
  EXPECT_EQ(loan.events(3).instalments_size(), 1);
  EXPECT_EQ(loan.events(4).split().principal(), 1'700);
  EXPECT_EQ(LoansOf(built, kDay)[0].due(), "0");
  EXPECT_EQ(LoansOf(built, kDay + 40)[0].next_due_date(), 0);
}

// A reversal need not say what of which loan it undoes.
TEST(Loans, CountWhatWasReversedAsNotPaid) {
  FeedMaker feed;
  feed.Register(kCooperative, "11.01.01.2001");
  feed.Grant(kCooperative, 5, {});
  const std::string first = "018f0000-0000-7000-8000-000000000001";
  const std::string second = "018f0000-0000-7000-8000-000000000002";
  feed.Add(Paying(5, 400, 100, first));
  feed.Add(Paying(5, 30, 3, second));
  v1::Event reversal;
  v1::Transaction& undoes = *reversal.mutable_transaction_posted()->mutable_transaction();
  undoes.set_cooperative(kCooperative);
  undoes.set_kind("loan-instalment");
  undoes.set_business_date(kDay + 1);
  undoes.set_reverses(first);
  feed.Add(std::move(reversal));
  const BuiltPerformance built(feed.chain());
  const auto loans = LoansOf(built, kDay);
  EXPECT_EQ(loans[0].paid(), "33");
  ASSERT_EQ(loans[0].events_size(), 3);
  EXPECT_EQ(loans[0].events(0).reversed_by(), 0U);
  EXPECT_EQ(loans[0].events(1).transaction_id(), first);
  EXPECT_EQ(loans[0].events(1).reversed_by(), loans[0].events(0).sequence() + 1);
}

TEST(Loans, AreAsTheBankSaidLastForTheDay) {
  FeedMaker feed;
  feed.Register(kCooperative, "11.01.01.2001");
  feed.Register(2, "11.01.01.2001");
  feed.Grant(kCooperative, 7, {});
  feed.Grant(kCooperative, 3, {{kDay, 100, 0}}, "USD");
  feed.Grant(2, 1, {});
  feed.ReportStatus(kCooperative, 7, kDay + 2, 121, 600);
  feed.ReportStatus(kCooperative, 7, kDay, 0, 700);  // told late
  feed.ReportStatus(kCooperative, 3, kDay, 0, 55);
  BuiltPerformance built(feed.chain(), 1);
  for (int run = 0; run < 2; ++run) {
    const auto first = LoansOf(built, kDay + 1);
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].granted().currency(), "USD");
    EXPECT_FALSE(first[0].has_status());
    EXPECT_EQ(first[0].due(), "0");
    EXPECT_EQ(first[1].granted().loan(), 7U);
    EXPECT_EQ(first[1].status().as_of(), kDay);
    EXPECT_EQ(first[1].grade(), 1U);
    const auto later = LoansOf(built, kDay + 2);
    EXPECT_EQ(later[1].status().days_past_due(), 121U);
    EXPECT_EQ(later[1].status().outstanding().principal(), 600);
    EXPECT_EQ(later[1].status().outstanding().interest(), 13);
    EXPECT_EQ(later[1].grade(), 4U);
    EXPECT_LT(later[1].status_sequence(), first[1].status_sequence());
    EXPECT_FALSE(LoansOf(built, kDay - 1)[1].has_status());
    EXPECT_EQ(LoansOf(built, kDay, 2).size(), 1U);
    built.Reopen();
  }
  EXPECT_EQ(performance::LoansOf(built.view(), 9, kDay).status().kind(), Status::Kind::kNotFound);
}

TEST(Loans, TellSoManyEventsAndCountAll) {
  FeedMaker feed;
  feed.Register(kCooperative, "11.01.01.2001");
  feed.Grant(kCooperative, 1, {});
  for (int i = 0; i < 250; ++i) feed.ReportPayment(kCooperative, 1, {kDay, 10, 1});
  const BuiltPerformance built(feed.chain());
  const auto loans = LoansOf(built, kDay);
  EXPECT_EQ(loans[0].total_events(), 251U);
  EXPECT_EQ(loans[0].events_size(), 200);
  EXPECT_EQ(loans[0].paid(), "2750");
}

TEST(Loans, AStatementReadsAsItWasWritten) {
  performance::LoanStatement statement;
  statement.days_past_due = 181;
  statement.outstanding.set_principal(1'000'000'000'000);
  statement.outstanding.set_fee(7);
  statement.sequence = 12;
  const std::string bytes = statement.Encode();
  const auto read = Must(performance::LoanStatement::Parse(bytes));
  EXPECT_EQ(read.Encode(), bytes);
  EXPECT_EQ(read.grade(), 5U);
  for (const std::string& bad : {std::string(), bytes.substr(0, bytes.size() - 1), bytes + "x"}) {
    EXPECT_FALSE(performance::LoanStatement::Parse(bad).ok());
  }
}

}  // namespace
}  // namespace lumbung
