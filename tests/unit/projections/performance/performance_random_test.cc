// Random events against a plain recomputation of every question.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/projections/performance/performance_fixture.h"
#include "tests/unit/projections/performance/plain_figures.h"

namespace lumbung {
namespace {

using performance::ChannelFigures;
using performance::Figures;
using performance::Flow;
using performance::HourFigures;
using performance::Measure;
using performance::Standing;
using performance::Subject;

constexpr int kEvents = 1'500;

PlainFigures::Sums SumsOf(const Flow& flow) {
  return {flow.transactions, flow.sales, static_cast<std::int64_t>(flow.turnover),
          static_cast<std::int64_t>(flow.member_turnover)};
}

std::map<std::string, PlainFigures::Sums> SumsOf(const std::vector<ChannelFigures>& channels) {
  std::map<std::string, PlainFigures::Sums> sums;
  for (const ChannelFigures& channel : channels) {
    if (!(channel.flow == Flow{})) sums[channel.channel] = SumsOf(channel.flow);
  }
  return sums;
}

constexpr std::array kBooks = {
    Measure::kPrincipalDues, Measure::kMandatoryDues, Measure::kVoluntarySavings,
    Measure::kTermSavings,   Measure::kMemberLoans,   Measure::kBankLoans,
    Measure::kOutstanding,   Measure::kCooperatives,  Measure::kDormantWeek,
    Measure::kDormantMonth,  Measure::kOpenOutlets};

Int128 ValueIn(const Standing& standing, Measure measure) {
  Figures figures;
  figures.standing = standing;
  return ValueOf(figures, measure).value();
}

// Every kind of subject, with and without cooperatives in it.
std::vector<Subject> Subjects() {
  std::vector<Subject> subjects = {Subject::OfRegion(kNation)};
  for (const char* code :
       {"11", "32", "91", "12", "11.01", "11.02", "32.04", "32.73", "91.03", "11.01.01", "11.01.02",
        "11.02.01", "32.04.05", "91.03.01", "11.01.01.2001", "11.01.01.2002", "32.04.05.2002"}) {
    subjects.push_back(Subject::OfRegion(At(code)));
  }
  for (const char* code : {"11.01.01.2001", "11.01.01.9999", "11.01.98.2001", "32.98.01.2001",
                           "no code", "11.01.01.8888"}) {
    subjects.push_back(Subject::OfVillage(code));
  }
  for (const std::uint64_t number : {1U, 7U, 12U}) {
    subjects.push_back(Subject::OfCooperative(number));
    subjects.push_back(Subject::OfOutlet(number, 0));
    subjects.push_back(Subject::OfOutlet(number, 2));
  }
  return subjects;
}

void ExpectLag(const Figures& figures, const std::vector<std::int64_t>& lags) {
  ASSERT_EQ(figures.lag.transactions, static_cast<std::int64_t>(lags.size()));
  if (lags.empty()) return;
  const auto check = [&](std::int64_t answer, std::size_t per_ten_thousand) {
    const std::size_t rank = (lags.size() * per_ten_thousand + 9'999) / 10'000 - 1;
    const double exact = std::max(static_cast<double>(lags[rank]), 1e3);
    // A length below some milliseconds is cut to whole ones first.
    EXPECT_NEAR(static_cast<double>(answer), exact, exact * figures.lag.relative_error + 1e3);
  };
  check(figures.lag.p50, 5'000);
  check(figures.lag.p99, 9'900);
}

void ExpectSameStanding(const Standing& standing, const Standing& plain) {
  for (const auto measure : kBooks) {
    EXPECT_EQ(ValueIn(standing, measure), ValueIn(plain, measure))
        << "measure " << static_cast<int>(measure);
  }
  EXPECT_EQ(standing.day, plain.day);
  EXPECT_EQ(standing.outstanding, plain.outstanding);
  EXPECT_EQ(standing.instalments_due, plain.instalments_due);
  EXPECT_EQ(standing.instalments_paid, plain.instalments_paid);
  EXPECT_EQ(standing.bank_accounts, plain.bank_accounts);
  EXPECT_EQ(standing.confirmed_bank_accounts, plain.confirmed_bank_accounts);
}

void ExpectSame(const performance::Queries& queries, const PlainFigures& plain,
                const Subject& subject, Date from, Date to) {
  const Figures figures = Must(queries.Of(subject, from, to));
  const PlainFigures::Answer answer = plain.Of(subject, from, to);
  EXPECT_EQ(SumsOf(figures.flow), answer.all);
  EXPECT_EQ(SumsOf(figures.channels), answer.channels);
  EXPECT_EQ(figures.surplus, answer.surplus);
  EXPECT_EQ(figures.intercepts, answer.intercepts);
  EXPECT_EQ(figures.late, answer.late);
  EXPECT_EQ(figures.reversals, answer.reversals);
  ExpectLag(figures, answer.lags);
  const Date since = DateOfDays(DaysOfDate(to) - 29);
  // Few enough to be exact.
  EXPECT_EQ(figures.active_members.members, plain.Of(subject, since, to).members.size());
  EXPECT_EQ(figures.active_members.standard_error, 0);
  const auto active = plain.Activity(subject, std::max(from, since), to);
  EXPECT_EQ(figures.activity.cooperatives, active.cooperatives);
  EXPECT_EQ(figures.activity.outlets, active.outlets);
  ASSERT_EQ(figures.standing.has_value(), subject.kind != Subject::Kind::kOutlet);
  if (figures.standing.has_value()) ExpectSameStanding(*figures.standing, plain.At(subject, to));
}

void ExpectSameHours(const performance::Queries& queries, const PlainFigures& plain,
                     const Subject& subject, Date day) {
  std::map<int, PlainFigures::Sums> hours;
  for (const HourFigures& hour : Must(queries.Hours(subject, day))) {
    hours[hour.hour] = SumsOf(hour.flow);
    Flow sum;
    for (const ChannelFigures& channel : hour.channels) sum.Add(channel.flow);
    EXPECT_EQ(sum, hour.flow);
  }
  // Channels of an hour may take each other away; then it is told, and comes to nothing.
  std::erase_if(hours, [](const auto& hour) { return hour.second == PlainFigures::Sums{}; });
  EXPECT_EQ(hours, plain.Of(subject, day, day).hours);
}

class PerformanceRandom : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PerformanceRandom, IsWhatAPlainRecomputationComesTo) {
  FeedMaker feed(GetParam());
  feed.Fill(kEvents);
  const PlainFigures plain(feed.chain());
  const BuiltPerformance built(feed.chain(), 100);
  const performance::Queries queries = built.queries();
  std::mt19937_64 random(GetParam());
  for (const Subject& subject : Subjects()) {
    for (int i = 0; i < 3; ++i) {
      const auto first = DaysOfDate(FeedMaker::kFirstDay) - 8 + static_cast<int>(random() % 50);
      const Date from = DateOfDays(first);
      const Date to = DateOfDays(first + (i == 0 ? 0 : static_cast<int>(random() % 20)));
      SCOPED_TRACE(FormatRegionCode(subject.region) + " " + subject.village + " cooperative " +
                   std::to_string(subject.cooperative) + " from " + std::to_string(from) + " to " +
                   std::to_string(to));
      ExpectSame(queries, plain, subject, from, to);
      ExpectSameHours(queries, plain, subject, from);
    }
  }
}

// Children are parts of what they lie in: whatever the list knows or not, nothing is lost.
TEST_P(PerformanceRandom, AddsUpFromVillagesToTheNation) {
  FeedMaker feed(GetParam());
  feed.Fill(kEvents);
  const BuiltPerformance built(feed.chain());
  const performance::Queries queries = built.queries();
  const Date from = FeedMaker::kFirstDay;
  const Date to = DateOfDays(DaysOfDate(from) + FeedMaker::kDays);
  for (const char* code : {"ID", "11", "32", "11.01", "32.04", "11.01.01", "32.04.05"}) {
    const RegionCode region = At(code);
    for (const auto measure :
         {Measure::kTurnover, Measure::kTransactions, Measure::kActiveCooperatives,
          Measure::kActiveOutlets, Measure::kVoluntarySavings, Measure::kOutstanding,
          Measure::kCooperatives, Measure::kDormantWeek, Measure::kOpenOutlets}) {
      Int128 sum = 0;
      for (const auto& child : Must(queries.Children(region, measure, from, to))) {
        sum += child.value.value();
      }
      const Figures whole = Must(queries.Of(Subject::OfRegion(region), from, to));
      EXPECT_EQ(sum, ValueOf(whole, measure).value())
          << code << " measure " << static_cast<int>(measure);
    }
  }
}

// However batches were cut, however often it was opened, and with hardly a row in memory.
TEST_P(PerformanceRandom, HasOneDigest) {
  FeedMaker feed(GetParam());
  feed.Fill(kEvents);
  const Hash whole = BuiltPerformance(feed.chain()).Digest();
  for (const std::size_t batch : {1U, 7U, 333U}) {
    EXPECT_EQ(BuiltPerformance(feed.chain(), batch).Digest(), whole) << batch;
  }
  BuiltPerformance forgetful(50, 0);
  const auto& bytes = feed.chain().bytes();
  std::vector<std::string> some;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    some.push_back(bytes[i]);
    if (i % 500 == 499 || i + 1 == bytes.size()) {
      forgetful.Run(some);
      forgetful.Reopen();
    }
  }
  EXPECT_EQ(forgetful.Digest(), whole);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PerformanceRandom, testing::Values(1, 2, 3));

}  // namespace
}  // namespace lumbung
