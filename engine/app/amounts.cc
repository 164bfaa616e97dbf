#include "engine/app/amounts.h"

#include <fmt/format.h>

#include "engine/base/check.h"
#include "engine/base/date.h"

namespace lumbung {

std::string FormatCount(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string FormatAmount(std::int64_t minor_units, std::uint32_t exponent) {
  LUMBUNG_CHECK(exponent <= 18);
  std::uint64_t scale = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) {
    scale *= 10;
  }
  // Negated as unsigned, so that the smallest number has a size too.
  const auto bits = static_cast<std::uint64_t>(minor_units);
  const std::uint64_t size = minor_units < 0 ? 0 - bits : bits;
  std::string text = (minor_units < 0 ? "-" : "") + FormatCount(size / scale);
  if (exponent > 0) {
    text += fmt::format(".{:0{}}", size % scale, exponent);
  }
  return text;
}

std::string FormatDate(std::int32_t date) {
  return fmt::format("{:04}-{:02}-{:02}", date / 10'000, date / 100 % 100, date % 100);
}

std::string FormatTime(std::int64_t unix_microseconds) {
  constexpr std::int64_t kSecond = 1'000'000;
  constexpr std::int64_t kDay = 86'400 * kSecond;
  const std::int64_t in_day = ((unix_microseconds % kDay) + kDay) % kDay;
  const std::int64_t seconds = in_day / kSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", FormatDate(LocalDate(unix_microseconds, 0)),
                     seconds / 3600, seconds / 60 % 60, seconds % 60, in_day % kSecond);
}

}  // namespace lumbung
