#include "engine/base/date.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(IsDate, KnowsTheCalendar) {
  for (const Date date : {19000101, 20240229, 20000229, 20260531, 20261231, 99991231}) {
    EXPECT_TRUE(IsDate(date)) << date;
  }
  for (const Date date : {0, -20260531, 18991231, 20260229, 21000229, 20260431, 20260532, 20260500,
                          20260001, 20261301, 100000101, 2026053}) {
    EXPECT_FALSE(IsDate(date)) << date;
  }
}

TEST(Days, CountFrom1970AndBack) {
  EXPECT_EQ(DaysOfDate(19700101), 0);
  EXPECT_EQ(DaysOfDate(19691231), -1);
  EXPECT_EQ(DaysOfDate(20000301), 11017);
  Date date = 19000101;
  for (std::int32_t days = DaysOfDate(date); date < 21010101; ++days) {
    ASSERT_TRUE(IsDate(date));
    ASSERT_EQ(DaysOfDate(date), days);
    ASSERT_EQ(DateOfDays(days), date);
    const Date next = NextDate(date);
    ASSERT_GT(next, date);
    date = next;
  }
}

TEST(NextDate, PassesMonthsAndYears) {
  EXPECT_EQ(NextDate(20260531), 20260601);
  EXPECT_EQ(NextDate(20261231), 20270101);
  EXPECT_EQ(NextDate(20280228), 20280229);
  EXPECT_EQ(NextDate(20260228), 20260301);
}

TEST(LocalDate, IsTheDayAtTheZone) {
  constexpr std::int64_t kMinute = 60'000'000;
  // 2026-05-31 16:59 UTC: still that day in Jakarta, the day after in Makassar and Jayapura.
  const std::int64_t moment = (std::int64_t{DaysOfDate(20260531)} * 1440 + 16 * 60 + 59) * kMinute;
  EXPECT_EQ(LocalDate(moment, 420), 20260531);
  EXPECT_EQ(LocalDate(moment + kMinute - 1, 420), 20260531);
  EXPECT_EQ(LocalDate(moment + kMinute, 420), 20260601);
  EXPECT_EQ(LocalDate(moment, 480), 20260601);
  EXPECT_EQ(LocalDate(moment, 540), 20260601);
  EXPECT_EQ(LocalDate(moment, -600), 20260531);
}

TEST(LocalDate, BeforeTheEpoch) {
  EXPECT_EQ(LocalDate(0, 0), 19700101);
  EXPECT_EQ(LocalDate(-1, 0), 19691231);
  EXPECT_EQ(LocalDate(0, -1), 19691231);
}

}  // namespace
}  // namespace lumbung
