#include "engine/domain/account_key.h"

#include <charconv>

namespace lumbung {
namespace {

// Reads a number that ends at ':' or the end, and what separates it.
bool TakeNumber(std::string_view& rest, std::uint64_t& value) {
  const char* end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, value);
  if (error != std::errc{} || (stop != end && *stop != ':') ||
      (rest[0] == '0' && stop != rest.data() + 1)) {
    return false;
  }
  rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
  return true;
}

bool TakeColon(std::string_view& rest) {
  if (rest.empty() || rest[0] != ':') {
    return false;
  }
  rest.remove_prefix(1);
  return !rest.empty();
}

}  // namespace

std::string FormatCurrency(CurrencyCode currency) {
  return {static_cast<char>((currency >> 16) & 0xFF), static_cast<char>((currency >> 8) & 0xFF),
          static_cast<char>(currency & 0xFF)};
}

std::string FormatAccount(const AccountKey& key) {
  std::string text = std::to_string(key.cooperative) + ':' + std::to_string(key.code) + ':' +
                     std::to_string(key.holder);
  if (key.currency != kIdr) {
    text += ':' + FormatCurrency(key.currency);
  }
  return text;
}

std::optional<AccountKey> ParseAccount(std::string_view text) {
  std::string_view rest = text;
  AccountKey key;
  std::uint64_t code = 0;
  if (!(!rest.empty() && TakeNumber(rest, key.cooperative) && TakeColon(rest) &&
        TakeNumber(rest, code) && TakeColon(rest) && TakeNumber(rest, key.holder))) {
    return std::nullopt;
  }
  if (!rest.empty()) {
    const auto currency = TakeColon(rest) ? ParseCurrency(rest) : std::nullopt;
    if (!currency || *currency == kIdr) {
      return std::nullopt;
    }
    key.currency = *currency;
  }
  if (key.cooperative == 0 || key.cooperative > kMaxCooperative || code == 0 ||
      code > kMaxAccountCode) {
    return std::nullopt;
  }
  key.code = static_cast<std::uint32_t>(code);
  return key;
}

}  // namespace lumbung
