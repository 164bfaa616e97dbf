// Which account: (cooperative, code, holder, currency), and its text form.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

inline constexpr std::uint64_t kMaxCooperative = 999'999'999'999;
inline constexpr std::uint32_t kMaxAccountCode = 999'999;

// ISO 4217 code as its three letters in one number, the first the most significant.
using CurrencyCode = std::uint32_t;
inline constexpr CurrencyCode kIdr = ('I' << 16) | ('D' << 8) | 'R';

// Three capital letters, or empty for IDR; nothing otherwise.
inline std::optional<CurrencyCode> ParseCurrency(std::string_view text) {
  if (text.empty()) {
    return kIdr;
  }
  if (text.size() != 3) {
    return std::nullopt;
  }
  CurrencyCode code = 0;
  for (const char c : text) {
    if (c < 'A' || c > 'Z') {
      return std::nullopt;
    }
    code = (code << 8) | static_cast<std::uint8_t>(c);
  }
  return code;
}
std::string FormatCurrency(CurrencyCode currency);

struct AccountKey {
  std::uint64_t cooperative = 0;
  std::uint32_t code = 0;
  CurrencyCode currency = kIdr;
  std::uint64_t holder = 0;

  auto operator<=>(const AccountKey&) const = default;
};

// "20417:2111:184", with ":GBP" behind it where it is not IDR. No leading zeros, no spaces.
std::string FormatAccount(const AccountKey& key);
// Nothing if `text` is not exactly what FormatAccount gives for some key.
std::optional<AccountKey> ParseAccount(std::string_view text);

}  // namespace lumbung
