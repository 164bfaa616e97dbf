// Numbers of any size in as few bytes as they need, one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/int128.h"
#include "projections/balances/totals.h"

namespace lumbung {

// Seven bits a byte, the least first; all but the last byte have the high bit.
template <typename Unsigned>
void PackUnsigned(std::string& out, Unsigned value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Small numbers of either sign are short.
inline void PackSigned(std::string& out, Int128 value) {
  const auto bits = static_cast<Uint128>(value);
  PackUnsigned<Uint128>(out, value < 0 ? ~(bits << 1) : bits << 1);
}

inline void PackTotals(std::string& out, const Totals& totals) {
  PackSigned(out, totals.debit);
  PackSigned(out, totals.credit);
  PackSigned(out, totals.count);
}

inline void PackText(std::string& out, std::string_view text) {
  PackUnsigned<std::uint64_t>(out, text.size());
  out += text;
}

// Reads them back. After what can't be read, ok() is false and everything is zero or empty.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  std::uint64_t Unsigned() { return static_cast<std::uint64_t>(Read<std::uint64_t>()); }
  Int128 Signed() {
    const auto bits = Read<Uint128>();
    return static_cast<Int128>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
  }
  Totals Sums() {
    Totals totals;
    totals.debit = Signed();
    totals.credit = Signed();
    totals.count = static_cast<std::int64_t>(Signed());
    return totals;
  }
  std::string_view Bytes(std::size_t size) {
    if (size > rest_.size()) {
      return Fail();
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view Text() { return Bytes(Unsigned()); }

 private:
  template <typename Number>
  Number Read() {
    Number value = 0;
    for (unsigned shift = 0; shift < sizeof(Number) * 8 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<Number>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    Fail();
    return 0;
  }
  std::string_view Fail() {
    ok_ = false;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace lumbung
