// Amounts and numbers as people read them: digits in threes, the currency's decimals.
#pragma once

#include <cstdint>
#include <string>

namespace lumbung {

// 1234567 as "1,234,567".
std::string FormatCount(std::uint64_t count);

// Minor units as "1,234.56" (exponent 2), "-7", "0.05". REQUIRES: exponent <= 18
std::string FormatAmount(std::int64_t minor_units, std::uint32_t exponent);

// 20260531 as "2026-05-31".
std::string FormatDate(std::int32_t date);

// Microseconds since 1970 UTC as "2026-05-31T10:20:30.123456Z".
std::string FormatTime(std::int64_t unix_microseconds);

}  // namespace lumbung
