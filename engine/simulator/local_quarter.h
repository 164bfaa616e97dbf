// A quarter of an hour by a cooperative's clock, and how busy counters and the app are in it.
#pragma once

#include <cstdint>

#include "engine/base/date.h"

namespace lumbung {

constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr std::int64_t kQuarterMicros = 15 * 60 * kSecondMicros;
constexpr std::int64_t kQuartersADay = 96;
// Counters open at 6:00 and close at 21:00; the app never does.
constexpr int kCountersOpen = 6 * 4;
constexpr int kCountersClose = 21 * 4;

// Monday is 0.
int WeekdayOf(Date date);
// Monday to Friday; public holidays are not known.
bool IsWorkingDay(Date date);
// The day itself, or the first working day after it.
Date WorkingDayFrom(Date date);
// Of the month that lies so many months (below zero: before) from the date's.
Date DayOfMonth(Date date, std::int32_t months, std::int32_t day);
// REQUIRES: IsDate(date)
bool IsLastWorkingDayOfMonth(Date date);

struct LocalQuarter {
  // UTC microseconds.
  std::int64_t start = 0;
  Date date = 0;
  // 0 is midnight.
  int quarter = 0;
  int month_day = 0;
  bool is_working_day = false;
  // Trades of a quarter: those of an ordinary day times busy, by kBusyOfADay.
  std::int64_t busy = 0;
};
// What `busy` adds up to over a day that is no pay day, weekend or Friday.
extern const std::int64_t kBusyOfADay;

LocalQuarter MakeLocalQuarter(std::int64_t start, std::int32_t utc_offset_minutes);

}  // namespace lumbung
