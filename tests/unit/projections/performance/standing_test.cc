// How things stand at the end of a day: loans, repayment, dormancy, banks, what moves and what
// comes late.
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/projections/performance/performance_fixture.h"

namespace lumbung {
namespace {

using performance::Figures;
using performance::Measure;
using performance::Standing;
using performance::Subject;

constexpr Date kDay = FeedMaker::kFirstDay;

Standing At(const BuiltPerformance& built, const Subject& subject, Date day) {
  return Must(built.queries().Of(subject, day, day)).standing.value();
}
Standing In(const BuiltPerformance& built, const char* code, Date day) {
  return At(built, Subject::OfRegion(lumbung::At(code)), day);
}

TEST(Standing, GradesLoansByWhatTheBankSaidLast) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  for (const std::uint64_t loan : {1U, 2U, 3U}) feed.Grant(1, loan, {});
  feed.ReportStatus(1, 1, kDay, 90, 600);
  feed.ReportStatus(1, 2, kDay, 91, 300);
  feed.ReportStatus(1, 3, kDay, 181, 100);
  feed.ReportStatus(1, 3, kDay + 2, 0, 90);
  feed.ReportStatus(1, 3, kDay + 1, 121, 95);  // told late, for a day between
  const BuiltPerformance built(feed.chain());
  const Standing first = In(built, "ID", kDay);
  EXPECT_EQ(first.outstanding, (std::array<Int128, 5>{0, 600, 300, 0, 100}));
  EXPECT_EQ(first.NplPpm(), 400'000);
  EXPECT_EQ(In(built, "11", kDay + 1).outstanding, (std::array<Int128, 5>{0, 600, 300, 95, 0}));
  EXPECT_EQ(In(built, "11.01", kDay + 9).outstanding, (std::array<Int128, 5>{90, 600, 300, 0, 0}));
  EXPECT_FALSE(In(built, "ID", kDay - 1).NplPpm().has_value());
}

TEST(Standing, RepaymentIsWhatWasPaidOfWhatFellDue) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  feed.Grant(1, 5, {{kDay, 800, 200}, {kDay + 5, 1'000, 0}});
  feed.Grant(1, 6, {{kDay, 9'999, 0}}, "USD");
  FeedMaker::Posting instalment;
  instalment.kind = "loan-instalment";
  instalment.legs = {{2131, 5, 400}, {6201, 0, 100}, {6202, 0, 33}, {1112, 0, -533}};
  const std::string id = feed.Post(instalment);
  feed.ReportPayment(1, 5, {kDay + 1, 250, 0});
  feed.ReportPayment(1, 6, {kDay + 1, 7'777, 0});
  feed.Reverse(instalment, id, kDay + 2);
  const BuiltPerformance built(feed.chain());
  EXPECT_EQ(In(built, "ID", kDay).RepaymentPpm(), 500'000);
  EXPECT_EQ(In(built, "ID", kDay + 1).RepaymentPpm(), 750'000);
  EXPECT_EQ(In(built, "ID", kDay + 2).RepaymentPpm(), 250'000);
  EXPECT_EQ(In(built, "ID", kDay + 5).RepaymentPpm(), 125'000);
  EXPECT_FALSE(In(built, "ID", kDay - 1).RepaymentPpm().has_value());
}

// The day of the last activity counts: seven days on, it is dormant. Midnight is the cooperative's.
TEST(Standing, IsDormantAfterSevenDaysOfItsOwn) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  feed.Register(2, "11.01.01.2001");
  feed.Register(3, "11.01.01.2001");
  feed.Move(3, "11.01.01.2001", kDay + 1, 420, v1::Cooperative::CLOSED);
  feed.Post(FeedMaker::Sale(1, 10));
  feed.Post(FeedMaker::Sale(3, 10));
  const BuiltPerformance built(feed.chain());
  for (const char* code : {"ID", "11.01.01", "11.01.01.2001"}) {
    EXPECT_EQ(In(built, code, kDay).cooperatives, 3) << code;
    EXPECT_EQ(In(built, code, kDay).dormant_week, 1) << code;
    EXPECT_EQ(In(built, code, kDay + 1).cooperatives, 2) << code;
    EXPECT_EQ(In(built, code, kDay + 6).dormant_week, 1) << code;
    EXPECT_EQ(In(built, code, kDay + 7).dormant_week, 2) << code;
    EXPECT_EQ(In(built, code, DateOfDays(DaysOfDate(kDay) + 29)).dormant_month, 1) << code;
    EXPECT_EQ(In(built, code, DateOfDays(DaysOfDate(kDay) + 30)).dormant_month, 2) << code;
  }
  EXPECT_EQ(At(built, Subject::OfCooperative(2), kDay).dormant_week, 1);
  EXPECT_EQ(At(built, Subject::OfCooperative(3), kDay + 1).dormant_week, 0);
}

TEST(Standing, MovesWithTheCooperative) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  FeedMaker::Posting dues;
  dues.kind = "dues";
  dues.legs = {{1111, 0, 70}, {3101, 9, -50}, {3102, 9, -20}};
  feed.Post(dues);
  feed.Grant(1, 5, {{kDay, 100, 0}});
  feed.Outlet(1, 1, true, kDay);
  feed.ConfirmBank(1, "1:1111:0", kDay);
  feed.Move(1, "32.04.05.2001", kDay + 1);  // told when all of that was known
  dues.date = kDay;
  feed.Post(dues);  // late
  const BuiltPerformance built(feed.chain());
  const auto expect = [&](const char* code, Date day, std::int64_t times) {
    const Standing standing = In(built, code, day);
    EXPECT_EQ(standing.principal_dues, 100 * times) << code << day;
    EXPECT_EQ(standing.mandatory_dues, 40 * times) << code << day;
    EXPECT_EQ(standing.instalments_due, 100 * times) << code << day;
    EXPECT_EQ(standing.cooperatives, times) << code << day;
    EXPECT_EQ(standing.dormant_week, 0) << code << day;
    EXPECT_EQ(standing.open_outlets, times) << code << day;
    EXPECT_EQ(standing.confirmed_bank_accounts, times) << code << day;
  };
  for (const char* code : {"11", "11.01.01", "11.01.01.2001"}) {
    expect(code, kDay, 1);
    expect(code, kDay + 1, 0);
  }
  for (const char* code : {"32", "32.04.05", "32.04.05.2001"}) {
    expect(code, kDay, 0);
    expect(code, kDay + 1, 1);
  }
  expect("ID", kDay, 1);
  expect("ID", kDay + 1, 1);
}

TEST(Standing, AConfirmationOfABankHoldsForAMonth) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  FeedMaker::Posting sale = FeedMaker::Sale(1, 10);
  sale.legs[0].code = 1111;
  feed.Post(sale);
  feed.ConfirmBank(1, "1:1111:0", kDay);
  feed.ConfirmBank(1, "1:1112:0", kDay + 3);
  feed.ConfirmBank(1, "1:1112:0:USD", kDay);
  feed.ConfirmBank(1, "2:1111:0", kDay);
  const BuiltPerformance built(feed.chain());
  EXPECT_EQ(In(built, "ID", kDay).ConfirmedPpm(), 1'000'000);
  EXPECT_EQ(In(built, "ID", kDay + 3).bank_accounts, 2);
  const auto after = [](int days) { return DateOfDays(DaysOfDate(kDay) + days); };
  EXPECT_EQ(In(built, "ID", after(30)).ConfirmedPpm(), 1'000'000);
  EXPECT_EQ(In(built, "ID", after(31)).ConfirmedPpm(), 500'000);
  EXPECT_EQ(In(built, "ID", after(34)).ConfirmedPpm(), 0);
}

TEST(Standing, ListsLeaveOutAShareOfNothing) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  feed.Grant(1, 1, {});
  feed.ReportStatus(1, 1, kDay, 100, 5);
  const BuiltPerformance built(feed.chain());
  const auto provinces = Must(built.queries().Children(kNation, Measure::kNplShare, kDay, kDay));
  ASSERT_EQ(provinces.size(), 38U);
  EXPECT_FALSE(provinces.back().value.has_value());
  const auto worst = performance::Top(provinces, 5);
  ASSERT_EQ(worst.size(), 1U);
  EXPECT_EQ(worst.front().name, "ACEH");
  EXPECT_EQ(worst.front().value, 1'000'000);
  const Subject nation = Subject::OfRegion(kNation);
  EXPECT_EQ(built.queries().WithSameWeekday(nation, Measure::kNplShare, kDay).status().kind(),
            Status::Kind::kInvalidArgument);
  EXPECT_EQ(Must(built.queries().WithSameWeekday(nation, Measure::kOutstanding, kDay)).value, 5);
  EXPECT_EQ(built.queries()
                .WithSameWeekday(Subject::OfOutlet(1, 1), Measure::kOutstanding, kDay)
                .status()
                .kind(),
            Status::Kind::kInvalidArgument);
}

}  // namespace
}  // namespace lumbung
