// A cooperative's clock.
#pragma once

#include <cstdint>

#include "engine/base/date.h"

namespace lumbung::audit {

inline constexpr std::int64_t kMicrosInMinute = 60'000'000;
inline constexpr std::int64_t kMicrosInHour = 60 * kMicrosInMinute;
inline constexpr std::int32_t kMinutesInDay = 24 * 60;
inline constexpr std::int64_t kMicrosInDay = kMinutesInDay * kMicrosInMinute;

// The clock of the capital, where cooperatives of several zones are concerned.
inline constexpr std::int32_t kWibMinutes = 7 * 60;

inline Date AddDays(Date date, std::int32_t days) { return DateOfDays(DaysOfDate(date) + days); }

// When a local day begins.
inline std::int64_t StartOfDay(Date date, std::int32_t utc_offset_minutes) {
  return DaysOfDate(date) * kMicrosInDay - utc_offset_minutes * kMicrosInMinute;
}
// Minutes since local midnight.
inline std::int32_t MinuteOfDay(std::int64_t time, std::int32_t utc_offset_minutes) {
  const std::int64_t minutes = time / kMicrosInMinute + utc_offset_minutes;
  return static_cast<std::int32_t>((minutes % kMinutesInDay + kMinutesInDay) % kMinutesInDay);
}

}  // namespace lumbung::audit
