// Sets of members and histograms of lags keep within the errors they name; rows have one form.
#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "projections/performance/day_row.h"
#include "projections/performance/lag.h"
#include "projections/performance/member_sketch.h"
#include "tests/support/log_fixture.h"

namespace lumbung::performance {
namespace {

MemberSketch SketchOf(std::uint64_t cooperatives, std::uint64_t members) {
  MemberSketch sketch;
  for (std::uint64_t cooperative = 1; cooperative <= cooperatives; ++cooperative) {
    for (std::uint64_t member = 1; member <= members; ++member) {
      sketch.Add(FingerprintOf(cooperative, member * 100'003));
    }
  }
  return sketch;
}

TEST(MemberSketch, IsExactWhileTheyAreFew) {
  for (const std::uint64_t members : {0U, 1U, 17U, 819U}) {
    const MemberSketch sketch = SketchOf(1, members);
    EXPECT_TRUE(sketch.is_exact());
    EXPECT_EQ(sketch.Estimate(), members);
  }
  EXPECT_FALSE(SketchOf(1, 820).is_exact());
}

// Twenty different sets of each size: their root mean square error is the standard error, within
// what chance lets twenty of them stray; none is off by more than four of it.
TEST(MemberSketch, IsOffByItsStandardError) {
  for (const std::uint64_t size : {1'000U, 10'000U, 60'000U, 400'000U}) {
    double squares = 0;
    constexpr int kSets = 20;
    for (std::uint64_t set = 1; set <= kSets; ++set) {
      MemberSketch sketch;
      for (std::uint64_t i = 0; i < size; ++i) {
        sketch.Add(FingerprintOf(set * 1'000 + i % 97, i));
      }
      const double error = static_cast<double>(sketch.Estimate()) / static_cast<double>(size) - 1.0;
      EXPECT_LT(std::abs(error), 4 * MemberSketch::kStandardError) << size << " set " << set;
      squares += error * error;
    }
    const double root = std::sqrt(squares / kSets);
    EXPECT_LT(root, 1.5 * MemberSketch::kStandardError) << size;
    EXPECT_GT(root, 0.1 * MemberSketch::kStandardError) << size;
  }
}

TEST(MemberSketch, UnitesInAnyOrderToTheSameForm) {
  std::mt19937_64 random(7);
  for (const std::uint64_t size : {5U, 700U, 900U, 5'000U}) {
    std::vector<Fingerprint> all;
    for (std::uint64_t i = 0; i < size; ++i) all.push_back(FingerprintOf(3, i));
    std::vector<MemberSketch> parts(4);
    MemberSketch whole;
    for (const Fingerprint member : all) {
      whole.Add(member);
      parts[random() % 4].Add(member);
      parts[random() % 4].Add(member);
    }
    std::shuffle(parts.begin(), parts.end(), random);
    MemberSketch united;
    for (const MemberSketch& part : parts) united.Add(part);
    EXPECT_EQ(united.Encode(), whole.Encode());
    EXPECT_FALSE(united.Add(whole));
    EXPECT_EQ(Must(MemberSketch::Parse(whole.Encode())).Encode(), whole.Encode());
  }
}

TEST(MemberSketch, RefusesWhatIsNone) {
  const std::string dense = SketchOf(1, 900).Encode();
  std::string too_high = dense;
  too_high.back() = 30;
  for (const std::string& bytes :
       {std::string(), std::string("\2"), std::string("\0abc", 4), dense.substr(1), dense + "x",
        too_high, std::string(1 + 820 * 5, '\0')}) {
    EXPECT_FALSE(MemberSketch::Parse(bytes).ok()) << bytes.size();
  }
}

TEST(Lag, MiddlesAreWithinTheErrorOfEveryLength) {
  for (double micros = 1e3; micros < 1e13; micros *= 1.0137) {
    const auto whole = static_cast<std::int64_t>(micros) / 1'000 * 1'000;
    const auto middle = static_cast<double>(LagOfStep(LagStep(whole)));
    EXPECT_NEAR(middle, static_cast<double>(whole), kLagError * static_cast<double>(whole) + 1)
        << whole;
  }
}

// A clock that runs ahead makes no lag.
TEST(Lag, StepsBeginAtAMillisecondAndNeverGoBack) {
  EXPECT_EQ(LagStep(-5), 0);
  EXPECT_EQ(LagStep(0), 0);
  EXPECT_EQ(LagStep(1'999), 0);
  Counts::Key before = 0;
  for (std::int64_t millis = 1; millis < 100'000; ++millis) {
    const Counts::Key step = LagStep(millis * 1'000);
    EXPECT_LE(before, step) << millis;
    before = step;
  }
}

TEST(Lag, TakesAwayWhatWasAdded) {
  Counts lag;
  EXPECT_EQ(LagQuantile(lag, 5'000), 0);
  for (const std::int64_t seconds : {1, 2, 3, 600}) {
    lag.Add(LagStep(seconds * 1'000'000), 1);
  }
  EXPECT_EQ(LagQuantile(lag, 5'000), LagOfStep(LagStep(2'000'000)));
  EXPECT_EQ(LagQuantile(lag, 9'900), LagOfStep(LagStep(600'000'000)));
  lag.Add(LagStep(600'000'000), -1);
  EXPECT_EQ(lag.total(), 3);
  EXPECT_EQ(LagQuantile(lag, 9'900), LagOfStep(LagStep(3'000'000)));
}

TEST(DayRow, HasOneFormWhateverTheOrderOfNamesAndAdditions) {
  NameTable first;
  NameTable second;
  for (const char* name : {"qris", "cash", "bi-fast"}) first.Intern(name);
  for (const char* name : {"cash", "bi-fast", "qris"}) second.Intern(name);
  const auto fill = [](DayRow& row, NameTable& names, bool backwards) {
    for (int i = 0; i < 60; ++i) {
      const int n = backwards ? 59 - i : i;
      const char* name = n % 3 == 0 ? "qris" : n % 3 == 1 ? "cash" : "bi-fast";
      Flow flow;
      flow.transactions = n;
      flow.turnover = (Int128{n} << 70) - 5;
      flow.member_turnover = -n;
      row.At(static_cast<std::uint8_t>(n % 25), names.Intern(name), names).Add(flow);
    }
    row.surplus = -3;
    row.late = 4;
    row.lag.Add(9, 2);
  };
  DayRow a;
  DayRow b;
  fill(a, first, false);
  fill(b, second, true);
  const std::string bytes = a.Encode(first);
  EXPECT_EQ(bytes, b.Encode(second));
  NameTable third;
  DayRow c;
  EXPECT_OK(c.AddEncoded(bytes, third));
  EXPECT_EQ(c.Encode(third), bytes);
  // Taken away, nothing is left of it.
  c.Negate();
  EXPECT_OK(c.AddEncoded(bytes, third));
  EXPECT_EQ(c.Encode(third), "");
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    DayRow cut;
    EXPECT_FALSE(cut.AddEncoded(std::string_view(bytes).substr(0, size), third).ok()) << size;
  }
}

}  // namespace
}  // namespace lumbung::performance
