// Numbers and texts in as few bytes as they need, one after the other: what rows of projections are
// made of. Unsigned numbers are LEB128, signed ones folded first (zigzag), as protobuf's varints
// are, but of up to 128 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/date.h"
#include "engine/base/int128.h"

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
  const Uint128 folded = value < 0 ? ~(bits << 1) : bits << 1;
  if (static_cast<std::uint64_t>(folded >> 64) == 0) {
    PackUnsigned(out, static_cast<std::uint64_t>(folded));
  } else {
    PackUnsigned(out, folded);
  }
}

inline void PackText(std::string& out, std::string_view text) {
  PackUnsigned(out, std::uint64_t{text.size()});
  out += text;
}

// Reads them back. After what can't be read, ok() is false and everything is zero or empty.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  // Whether all was read, and could be.
  bool done() const { return ok_ && rest_.empty(); }

  std::uint64_t Unsigned() { return static_cast<std::uint64_t>(Read()); }
  // How many of something follow, each of a byte or more.
  std::size_t Many() {
    const std::uint64_t many = Unsigned();
    if (many > rest_.size()) {
      Fail();
      return 0;
    }
    return static_cast<std::size_t>(many);
  }
  Int128 Signed() {
    const Uint128 bits = Read();
    return static_cast<Int128>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
  }
  std::int64_t Count() { return static_cast<std::int64_t>(Signed()); }
  Date Day() { return static_cast<Date>(Unsigned()); }
  std::string_view Bytes(std::uint64_t size) {
    if (size > rest_.size()) {
      return Fail();
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view Text() { return Bytes(Unsigned()); }

 private:
  // Nearly all numbers have 64 bits or less.
  Uint128 Read() {
    std::uint64_t low = 0;
    std::size_t i = 0;
    for (; i < rest_.size() && i < 9; ++i) {
      const auto byte = static_cast<std::uint8_t>(rest_[i]);
      low |= std::uint64_t{byte & 0x7FU} << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return low;
      }
    }
    Uint128 value = low;
    for (; i < rest_.size() && i < 19; ++i) {
      const auto byte = static_cast<std::uint8_t>(rest_[i]);
      value |= static_cast<Uint128>(byte & 0x7FU) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
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
