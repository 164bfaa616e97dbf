#include "engine/simulator/local_quarter.h"

#include <array>
#include <numeric>

namespace lumbung {
namespace {

constexpr std::int64_t kMinute = 60 * kSecondMicros;

// By the hour.
constexpr std::array<std::int64_t, 24> kCurve = {4,  3,  3,  4,  8,  22, 52, 75, 80, 78, 72, 66,
                                                 60, 56, 58, 64, 76, 84, 70, 50, 30, 16, 10, 6};
// Monday to Sunday, in percent.
constexpr std::array<std::int64_t, 7> kWeek = {100, 100, 100, 100, 95, 115, 75};
constexpr int kFriday = 4;

// Wages come on the 25th or at the end of the month.
std::int64_t PayDayPercent(int month_day) { return month_day >= 25 || month_day <= 2 ? 130 : 100; }

}  // namespace

const std::int64_t kBusyOfADay =
    std::accumulate(kCurve.begin(), kCurve.end(), std::int64_t{0}) * 4 * 100 * 100;

int WeekdayOf(Date date) { return (DaysOfDate(date) + 3) % 7; }

bool IsWorkingDay(Date date) { return WeekdayOf(date) < 5; }

Date WorkingDayFrom(Date date) {
  while (!IsWorkingDay(date)) date = NextDate(date);
  return date;
}

Date DayOfMonth(Date date, std::int32_t months, std::int32_t day) {
  const Date month = date / 10'000 * 12 + date / 100 % 100 - 1 + months;
  return month / 12 * 10'000 + (month % 12 + 1) * 100 + day;
}

bool IsLastWorkingDayOfMonth(Date date) {
  return IsWorkingDay(date) && WorkingDayFrom(NextDate(date)) / 100 != date / 100;
}

LocalQuarter MakeLocalQuarter(std::int64_t start, std::int32_t utc_offset_minutes) {
  LocalQuarter local;
  local.start = start;
  local.date = LocalDate(start, utc_offset_minutes);
  const std::int64_t local_minutes = start / kMinute + utc_offset_minutes;
  local.quarter = static_cast<int>(local_minutes / 15 % kQuartersADay);
  local.month_day = local.date % 100;
  local.is_working_day = IsWorkingDay(local.date);
  const int weekday = WeekdayOf(local.date);
  const std::size_t hour = static_cast<std::size_t>(local.quarter) / 4;
  local.busy =
      kCurve[hour] * kWeek[static_cast<std::size_t>(weekday)] * PayDayPercent(local.month_day);
  // Friday prayers: half past eleven to one.
  if (weekday == kFriday && local.quarter >= 46 && local.quarter < 52) local.busy /= 3;
  return local;
}

}  // namespace lumbung
