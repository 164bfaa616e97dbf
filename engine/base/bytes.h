// Bytes, hashes, and big-endian numbers: what formats are made of.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace lumbung {

using Hash = std::array<std::uint8_t, 32>;

// Appends an unsigned number, most significant byte first.
template <typename T>
void AppendBigEndian(std::string& out, T value) {
  static_assert(std::is_unsigned_v<T>);
  for (int shift = static_cast<int>(sizeof(T) * 8) - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> shift)));
  }
}

// Stores an unsigned number at `out`, most significant byte first.
template <typename T>
void StoreBigEndian(std::uint8_t* out, T value) {
  static_assert(std::is_unsigned_v<T>);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
  }
}

// Reads an unsigned number, most significant byte first. REQUIRES: sizeof(T) bytes at `in`.
template <typename T>
T LoadBigEndian(const void* in) {
  static_assert(std::is_unsigned_v<T>);
  const auto* bytes = static_cast<const std::uint8_t*>(in);
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | bytes[i]);
  }
  return value;
}

inline std::string_view AsView(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// REQUIRES: bytes.size() == 32
inline Hash AsHash(std::string_view bytes) {
  Hash hash;
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

// Lower-case hexadecimal.
std::string ToHex(std::string_view bytes);
inline std::string ToHex(const Hash& hash) { return ToHex(AsView(hash)); }

// Standard base64 with padding (RFC 4648 section 4).
std::string ToBase64(std::string_view bytes);
// False if `text` is not canonical standard base64.
bool FromBase64(std::string_view text, std::string& bytes);

}  // namespace lumbung
