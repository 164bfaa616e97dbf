// Whole numbers of a small unit, read and written as decimals: exact, no floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

// Most decimals that the functions below take.
inline constexpr unsigned kMaxDecimals = 9;

// "-12.5" with 3 decimals: -12500. Nothing where `text` is not [-]digits[.digits], has more
// decimals than that, or does not fit. REQUIRES: decimals <= kMaxDecimals
inline std::optional<std::int64_t> ParseDecimal(std::string_view text, unsigned decimals) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || part.size() > decimals ||
      (point != std::string_view::npos && part.empty())) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto append = [&value](int digit) {
    return digit >= 0 && digit <= 9 && !__builtin_mul_overflow(value, 10, &value) &&
           !__builtin_sub_overflow(value, digit, &value);
  };
  for (const char c : whole) {
    if (!append(c - '0')) return std::nullopt;
  }
  for (unsigned i = 0; i < decimals; ++i) {
    if (!append(i < part.size() ? part[i] - '0' : 0)) return std::nullopt;
  }
  // Summed below zero, where one number more fits.
  if (!negative && __builtin_sub_overflow(0, value, &value)) return std::nullopt;
  return value;
}

// -12500 with 3 decimals: "-12.500". REQUIRES: decimals <= kMaxDecimals
inline std::string FormatDecimal(std::int64_t value, unsigned decimals) {
  const auto magnitude =
      value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  std::string text = std::to_string(magnitude);
  if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
  if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
  if (value < 0) text.insert(0, 1, '-');
  return text;
}

}  // namespace lumbung
