// Calendar days as YYYYMMDD numbers, the form in which schemas carry them.
#pragma once

#include <cstdint>

namespace lumbung {

// A day as 20260531. Comparing the numbers compares the days.
using Date = std::int32_t;

// Whether it is a day of the proleptic Gregorian calendar from 1900-01-01 to 9999-12-31.
bool IsDate(Date date);
// Days since 1970-01-01. REQUIRES: IsDate(date)
std::int32_t DaysOfDate(Date date);
// The day so many days after 1970-01-01.
Date DateOfDays(std::int32_t days);
// The day after. REQUIRES: IsDate(date), and it is not the last
Date NextDate(Date date);
// The local day of a UTC time in microseconds, at a zone so many minutes ahead of UTC.
Date LocalDate(std::int64_t unix_microseconds, std::int32_t utc_offset_minutes);

}  // namespace lumbung
