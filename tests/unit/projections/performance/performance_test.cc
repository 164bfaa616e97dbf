// What a figure is: days, hours, zones, reversals, moves, codes that no list has.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/projections/performance/performance_fixture.h"

namespace lumbung {
namespace {

using performance::Comparison;
using performance::Figures;
using performance::Freshness;
using performance::Measure;
using performance::Ranked;
using performance::Subject;

constexpr Date kDay = FeedMaker::kFirstDay;
constexpr Date kNext = kDay + 1;

Int128 Turnover(const BuiltPerformance& built, const Subject& subject, Date from, Date to) {
  return Must(built.queries().Of(subject, from, to)).flow.turnover;
}

FeedMaker::Posting SaleOn(std::uint64_t cooperative, std::int64_t amount, Date date,
                          std::uint64_t member = 0) {
  FeedMaker::Posting sale = FeedMaker::Sale(cooperative, amount, member);
  sale.date = date;
  return sale;
}

TEST(Performance, NamesItsRulesAndItsListOfRegions) {
  const performance::PerformanceProjection projection;
  EXPECT_EQ(projection.identity().rules, "measures 2; regions " + Regions::BuiltIn().version());
}

// The nation's day is the business date; hours are those of the cooperative's own clock.
TEST(Performance, CountsByTheLocalDayAndHour) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001", 420);
  feed.Register(2, "91.03.01.1001", 540);
  // 4 May 2026, 16:30 UTC: half past eleven at night in the west, half past one on the 5th in the
  // east.
  const std::int64_t occurred_at = FeedMaker::kStart + 9 * FeedMaker::kHour / 2;
  feed.SetTime(occurred_at + 60'000'000);
  FeedMaker::Posting west = SaleOn(1, 100, kDay);
  FeedMaker::Posting east = SaleOn(2, 1'000, kNext);
  west.occurred_at = east.occurred_at = occurred_at;
  feed.Post(west);
  feed.Post(east);
  const BuiltPerformance built(feed.chain());
  EXPECT_EQ(Turnover(built, Subject::OfRegion(kNation), kDay, kDay), 100);
  EXPECT_EQ(Turnover(built, Subject::OfRegion(kNation), kNext, kNext), 1'000);
  const auto western = Must(built.queries().Hours(Subject::OfRegion(kNation), kDay));
  ASSERT_EQ(western.size(), 1U);
  EXPECT_EQ(western[0].hour, 23);
  const auto eastern = Must(built.queries().Hours(Subject::OfRegion(At("91")), kNext));
  ASSERT_EQ(eastern.size(), 1U);
  EXPECT_EQ(eastern[0].hour, 1);
  // A minute later is the same local day for both.
  EXPECT_EQ(Must(built.queries().Of(Subject::OfRegion(kNation), kDay, kNext)).late, 0);
}

TEST(Performance, PutsWhatArrivesLateOnItsOwnDay) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001", 420);
  // Midnight in the west is 17:00 UTC.
  const std::int64_t midnight = FeedMaker::kStart + 5 * FeedMaker::kHour;
  feed.SetTime(midnight - 1);
  feed.Post(SaleOn(1, 1, kDay));
  feed.SetTime(midnight);
  feed.Post(SaleOn(1, 10, kDay));
  feed.SetTime(midnight + 7 * 24 * FeedMaker::kHour);
  feed.Post(SaleOn(1, 100, kDay));
  const BuiltPerformance built(feed.chain());
  const Figures figures = Must(built.queries().Of(Subject::OfCooperative(1), kDay, kDay));
  EXPECT_EQ(figures.flow.turnover, 111);
  EXPECT_EQ(figures.late, 2);
  EXPECT_EQ(Turnover(built, Subject::OfRegion(kNation), kNext, 20260531), 0);
}

TEST(Performance, LetsAReversalTakeBackOnItsOwnDay) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  const FeedMaker::Posting sale = SaleOn(1, 500, kDay, 9);
  const std::string id = feed.Post(sale);
  feed.Reverse(sale, id, kNext);
  const BuiltPerformance built(feed.chain());
  const auto on = [&](Date from, Date to) {
    return Must(built.queries().Of(Subject::OfRegion(kNation), from, to));
  };
  EXPECT_EQ(on(kDay, kDay).flow.turnover, 500);
  EXPECT_EQ(on(kDay, kDay).flow.member_turnover, 500);
  EXPECT_EQ(on(kNext, kNext).flow.turnover, -500);
  EXPECT_EQ(on(kNext, kNext).flow.transactions, -1);
  EXPECT_EQ(on(kNext, kNext).reversals, 1);
  const Figures both = on(kDay, kNext);
  EXPECT_EQ(both.flow, performance::Flow{});
  EXPECT_EQ(both.surplus, 0);
  // He was there all the same.
  EXPECT_EQ(both.active_members.members, 1U);
}

TEST(Performance, MovesACooperativeFromTheDayOnThatAChangeTakesEffect) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  feed.Register(2, "11.01.01.2002");
  feed.Post(SaleOn(1, 1, kDay, 5));
  feed.Post(SaleOn(1, 10, kNext, 6));
  feed.Post(SaleOn(2, 1'000, kNext, 5));
  feed.Move(1, "32.04.05.2001", kNext);  // told when there are sales already
  feed.Post(SaleOn(1, 100, kNext, 7));
  feed.Post(SaleOn(1, 2, kDay, 8));  // late: still where it was then
  const BuiltPerformance built(feed.chain());
  const auto of = [&](const char* code, Date date) {
    return Turnover(built, Subject::OfRegion(At(code)), date, date);
  };
  for (const char* code : {"11.01.01.2001", "11.01.01", "11.01", "11"}) {
    EXPECT_EQ(of(code, kDay), 3) << code;
  }
  for (const char* code : {"32.04.05.2001", "32.04.05", "32.04", "32"}) {
    EXPECT_EQ(of(code, kDay), 0) << code;
    EXPECT_EQ(of(code, kNext), 110) << code;
  }
  EXPECT_EQ(of("11.01.01.2001", kNext), 0);
  EXPECT_EQ(of("11", kNext), 1'000);
  EXPECT_EQ(of("ID", kNext), 1'110);
  const auto members = [&](const char* code) {
    return Must(built.queries().Of(Subject::OfRegion(At(code)), kNext, kNext))
        .active_members.members;
  };
  EXPECT_EQ(members("11"), 3U);  // 5 and 8 of the one, 5 of the other
  EXPECT_EQ(members("11.01"), 3U);
  EXPECT_EQ(members("32"), 2U);
  EXPECT_EQ(members("ID"), 5U);
}

TEST(Performance, ShowsACodeThatIsNotInTheListAsSuch) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.9999");
  feed.Register(2, "11.01.01.2001");
  feed.Register(3, "no code");
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    feed.Post(SaleOn(number, static_cast<std::int64_t>(number), kDay));
  }
  const BuiltPerformance built(feed.chain());
  const auto villages =
      Must(built.queries().Children(At("11.01.01"), Measure::kTurnover, kDay, kDay));
  const auto unlisted = std::find_if(villages.begin(), villages.end(),
                                     [](const Ranked& child) { return !child.is_listed; });
  ASSERT_NE(unlisted, villages.end());
  EXPECT_EQ(unlisted->subject, Subject::OfVillage("11.01.01.9999"));
  EXPECT_EQ(unlisted->value, 1);
  const auto provinces = Must(built.queries().Children(kNation, Measure::kTurnover, kDay, kDay));
  ASSERT_EQ(provinces.size(), 39U);
  EXPECT_EQ(provinces.front().name, "ACEH");
  EXPECT_EQ(provinces.front().value, 3);
  EXPECT_EQ(provinces.back().subject, Subject::OfVillage("no code"));
  EXPECT_EQ(provinces.back().value, 3);
  EXPECT_EQ(Turnover(built, Subject::OfRegion(kNation), kDay, kDay), 6);
}

TEST(Performance, ListsTheLargestAndTheSmallest) {
  FeedMaker feed;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    feed.Register(number, number == 4 ? "32.04.05.2001" : "11.01.01.2001");
    feed.Post(SaleOn(number, static_cast<std::int64_t>(number % 3) * 10 + 1, kDay));
  }
  const BuiltPerformance built(feed.chain());
  const auto list = Must(built.queries().CooperativesOf(At("11"), Measure::kTurnover, kDay, kDay));
  ASSERT_EQ(list.size(), 4U);
  const auto top = performance::Top(list, 2);
  ASSERT_EQ(top.size(), 2U);
  EXPECT_EQ(top[0].subject, Subject::OfCooperative(2));
  EXPECT_EQ(top[1].subject, Subject::OfCooperative(5));
  EXPECT_EQ(performance::Bottom(list, 1)[0].subject, Subject::OfCooperative(3));
}

TEST(Performance, ComparesWithTheSameWeekday) {
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001", 420, 20260401);
  feed.Post(SaleOn(1, 40, kDay));
  feed.Post(SaleOn(1, 90, 20260427));
  feed.Post(SaleOn(1, 110, 20260420));
  feed.Post(SaleOn(1, 7'000, 20260428));
  const BuiltPerformance built(feed.chain());
  const Comparison comparison = Must(
      built.queries().WithSameWeekday(Subject::OfRegion(At("11")), Measure::kTurnover, kDay, 2));
  EXPECT_EQ(comparison.value, 40);
  EXPECT_EQ(comparison.before, (std::vector<Int128>{90, 110}));
  EXPECT_EQ(comparison.average, 100);
  EXPECT_EQ(comparison.change_ppm, -600'000);
  const Comparison nothing =
      Must(built.queries().WithSameWeekday(Subject::OfOutlet(1, 9), Measure::kTurnover, kDay));
  EXPECT_FALSE(nothing.change_ppm.has_value());
}

TEST(Performance, SaysHowFreshACooperativeAndARegionAre) {
  constexpr std::int64_t kHour = FeedMaker::kHour;
  FeedMaker feed;
  feed.Register(1, "11.01.01.2001");
  feed.Register(2, "11.01.02.2001");
  feed.Register(3, "11.01.02.2001");
  feed.Register(4, "32.04.05.2001");
  FeedMaker::Posting sale = SaleOn(1, 1, kDay);
  sale.occurred_at = FeedMaker::kStart - kHour;
  feed.Post(sale);
  feed.SetTime(FeedMaker::kStart + 48 * kHour);
  sale.cooperative = 2;
  sale.date = kNext;
  feed.Post(sale);
  feed.Post(SaleOn(2, 1, kDay));
  feed.Post(SaleOn(4, 1, kDay));
  const BuiltPerformance built(feed.chain());
  const std::int64_t now = FeedMaker::kStart + 60 * kHour;
  const Freshness one = Must(built.queries().FreshnessOf(Subject::OfCooperative(2), now));
  EXPECT_EQ(one.recorded_at, FeedMaker::kStart + 48 * kHour);
  EXPECT_EQ(one.occurred_at, FeedMaker::kStart - kHour);
  EXPECT_EQ(one.business_date, kNext);
  const Freshness region = Must(built.queries().FreshnessOf(Subject::OfRegion(At("11")), now));
  EXPECT_EQ(region.cooperatives, 3U);
  EXPECT_EQ(region.never, 1U);
  EXPECT_EQ(region.within_day, 1U);
  EXPECT_EQ(region.within_week, 2U);
  EXPECT_EQ(region.recorded_at, FeedMaker::kStart + 48 * kHour);
  EXPECT_EQ(
      Must(built.queries().FreshnessOf(Subject::OfVillage("32.04.05.2001"), now)).cooperatives, 1U);
  EXPECT_EQ(built.queries().FreshnessOf(Subject::OfCooperative(9), now).status().kind(),
            Status::Kind::kNotFound);
}

// Members of many cooperatives of one regency, beyond what is counted exactly.
TEST(Performance, EstimatesManyMembersWithinTheErrorItNames) {
  FeedMaker feed;
  constexpr std::uint64_t kCooperatives = 8;
  constexpr std::uint64_t kMembers = 400;
  for (std::uint64_t number = 1; number <= kCooperatives; ++number) {
    feed.Register(number, number % 2 == 0 ? "11.01.01.2001" : "11.01.02.2001");
    for (std::uint64_t member = 1; member <= kMembers; ++member) {
      feed.Post(SaleOn(number, 2, member % 2 == 0 ? kDay : kNext, member * 7'919));
    }
  }
  const BuiltPerformance built(feed.chain(), 500);
  for (const char* code : {"11.01", "11", "ID"}) {
    const auto count =
        Must(built.queries().Of(Subject::OfRegion(At(code)), kNext, kNext)).active_members;
    EXPECT_EQ(count.standard_error, performance::MemberSketch::kStandardError);
    EXPECT_NEAR(static_cast<double>(count.members), kCooperatives * kMembers,
                3 * count.standard_error * kCooperatives * kMembers);
  }
  const auto exact =
      Must(built.queries().Of(Subject::OfCooperative(3), kNext, kNext)).active_members;
  EXPECT_EQ(exact.members, kMembers);
  EXPECT_EQ(exact.standard_error, 0);
  EXPECT_EQ(exact.days, 30);
}

TEST(Performance, RefusesDaysThatAreNone) {
  const BuiltPerformance built(FeedMaker().chain());
  const Subject nation = Subject::OfRegion(kNation);
  for (const auto& [from, to] :
       {std::pair<Date, Date>{20260230, 20260301}, {20260302, 20260301}, {20100101, 20260301}}) {
    EXPECT_EQ(built.queries().Of(nation, from, to).status().kind(), Status::Kind::kInvalidArgument);
  }
  EXPECT_EQ(built.queries().Of(Subject::OfOutlet(5, 1), kDay, kDay).status().kind(),
            Status::Kind::kNotFound);
}

}  // namespace
}  // namespace lumbung
