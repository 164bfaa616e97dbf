#include "engine/base/date.h"

#include <chrono>

namespace lumbung {
namespace {

std::chrono::year_month_day Split(Date date) {
  return {std::chrono::year{date / 10000},
          std::chrono::month{static_cast<unsigned>(date / 100 % 100)},
          std::chrono::day{static_cast<unsigned>(date % 100)}};
}

}  // namespace

bool IsDate(Date date) { return date >= 19000101 && date <= 99991231 && Split(date).ok(); }

std::int32_t DaysOfDate(Date date) {
  return static_cast<std::int32_t>(std::chrono::sys_days{Split(date)}.time_since_epoch().count());
}

Date DateOfDays(std::int32_t days) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{days}}};
  return static_cast<int>(ymd.year()) * 10000 +
         static_cast<Date>(static_cast<unsigned>(ymd.month()) * 100 +
                           static_cast<unsigned>(ymd.day()));
}

Date NextDate(Date date) { return DateOfDays(DaysOfDate(date) + 1); }

Date LocalDate(std::int64_t unix_microseconds, std::int32_t utc_offset_minutes) {
  constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;
  const std::int64_t local = unix_microseconds + std::int64_t{utc_offset_minutes} * 60'000'000;
  const std::int64_t days = local / kDay - (local % kDay < 0 ? 1 : 0);
  return DateOfDays(static_cast<std::int32_t>(days));
}

}  // namespace lumbung
