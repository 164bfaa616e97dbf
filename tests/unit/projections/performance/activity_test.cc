// Days of activity: gaps add up to different ones in any window, and are told right however late.
#include "projections/performance/activity.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "projections/performance/cooperative_memory.h"
#include "tests/support/log_fixture.h"

namespace lumbung::performance {
namespace {

// What the rows of a region would say, by day.
using GapsByDay = std::map<std::int32_t, Counts>;

void Note(ActivityDays& days, std::int32_t day, GapsByDay& gaps) {
  for (const ActivityDays::Change& change : days.Note(day)) {
    gaps[change.day].Add(static_cast<Counts::Key>(change.gap), change.count);
  }
}

TEST(ActivityDays, CountEachOnceInAnyWindow) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    GapsByDay gaps;
    std::vector<std::set<std::int32_t>> plain(5);
    for (std::set<std::int32_t>& active : plain) {
      ActivityDays days;
      for (int i = 0; i < 25; ++i) {
        const auto day = static_cast<std::int32_t>(20'000 + random() % 120);
        active.insert(day);
        Note(days, day, gaps);
      }
    }
    for (std::int32_t end = 19'995; end < 20'125; ++end) {
      for (const std::int32_t length : {1, 7, 30}) {
        std::int64_t count = 0;
        for (std::int32_t day = end - length + 1; day <= end; ++day) {
          count += FirstSince(gaps[day], day, end - length + 1);
        }
        EXPECT_EQ(count, std::count_if(plain.begin(), plain.end(),
                                       [&](const auto& active) {
                                         const auto found = active.lower_bound(end - length + 1);
                                         return found != active.end() && *found <= end;
                                       }))
            << "seed " << seed << " end " << end << " length " << length;
      }
    }
  }
}

TEST(ActivityDays, AreHeardOfForAWindowAfterEach) {
  ActivityDays days;
  EXPECT_TRUE(days.Heard(7, 0).empty());
  for (const std::int32_t day : {100, 103, 110, 120}) days.Note(day);
  using Spans = std::vector<DaySpan>;
  EXPECT_EQ(days.Heard(7, 0), (Spans{{100, 117}, {120, 127}}));
  EXPECT_EQ(days.Heard(7, 105), (Spans{{105, 117}, {120, 127}}));
  EXPECT_EQ(days.Heard(30, 0), (Spans{{100, 150}}));
  EXPECT_EQ(days.Heard(7, 126), (Spans{{126, 127}}));
  EXPECT_TRUE(days.Heard(7, 127).empty());
  EXPECT_EQ(Intersect(days.Heard(7, 0), {{90, 101}, {110, 122}, {126, 500}}),
            (Spans{{100, 101}, {110, 117}, {120, 122}, {126, 127}}));
}

// What is too late to be remembered changes nothing.
TEST(ActivityDays, ForgetWhatIsLongAgo) {
  ActivityDays days;
  days.Note(1'000);
  days.Note(1'000 + ActivityDays::kRemembered - 1);
  EXPECT_TRUE(days.Has(1'000));
  EXPECT_EQ(days.Note(1'000 - 1).size(), 0U);
  days.Note(1'000 + ActivityDays::kRemembered);
  EXPECT_FALSE(days.Has(1'000));
  days.Note(9'000);
  EXPECT_EQ(days.last(), 9'000);
  EXPECT_FALSE(days.Has(1'000 + ActivityDays::kRemembered));
  EXPECT_EQ(days.GapOf(9'000), kMostGap);
}

TEST(CooperativeMemory, IsReadAsItWasWritten) {
  CooperativeMemory memory;
  memory.days.Note(20'500);
  memory.days.Note(20'100);
  memory.Outlet(7).days.Note(20'500);
  memory.Outlet(2).open = true;
  memory.Outlet(2).since = 20260504;
  memory.Bank(1112).confirmed = {20260101, 20260504};
  memory.Bank(1111).since = 20260103;
  const std::string bytes = memory.Encode();
  const CooperativeMemory read = Must(CooperativeMemory::Parse(bytes));
  EXPECT_EQ(read.Encode(), bytes);
  ASSERT_EQ(read.outlets.size(), 2U);
  EXPECT_EQ(read.outlets[0].number, 2U);
  EXPECT_TRUE(read.outlets[0].open);
  EXPECT_TRUE(read.outlets[1].days.Has(20'500));
  EXPECT_TRUE(read.days.Has(20'100));
  EXPECT_EQ(read.banks[1].confirmed, (std::vector<Date>{20260101, 20260504}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(CooperativeMemory::Parse(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace lumbung::performance
