#include "engine/base/uuid.h"

#include <algorithm>

#include <openssl/evp.h>

#include "engine/base/bytes.h"
#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr std::array<std::int8_t, 256> MakeHexTable() {
  std::array<std::int8_t, 256> table{};
  for (auto& value : table) {
    value = -1;
  }
  for (int i = 0; i < 10; ++i) {
    table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  }
  for (int i = 0; i < 6; ++i) {
    table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  }
  return table;
}

constexpr std::array<std::int8_t, 256> kHexValue = MakeHexTable();
// Where the two digits of each byte stand in the text form.
constexpr std::array<std::uint8_t, 16> kDigitAt = {0,  2,  4,  6,  9,  11, 14, 16,
                                                   19, 21, 24, 26, 28, 30, 32, 34};

void SetVersion(Uuid& uuid, std::uint8_t version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | (version << 4));
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
      text[23] != '-') {
    return std::nullopt;
  }
  Uuid uuid;
  int all = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const int high = kHexValue[static_cast<std::uint8_t>(text[kDigitAt[i]])];
    const int low = kHexValue[static_cast<std::uint8_t>(text[kDigitAt[i] + 1U])];
    all |= high | low;
    uuid.bytes[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  const int version = uuid.bytes[6] >> 4;
  if (all < 0 || version < 1 || version > 8 || (uuid.bytes[8] & 0xC0) != 0x80) {
    return std::nullopt;
  }
  return uuid;
}

void FormatUuidTo(const Uuid& uuid, char* out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out[8] = out[13] = out[18] = out[23] = '-';
  for (std::size_t i = 0; i < 16; ++i) {
    out[kDigitAt[i]] = kDigits[uuid.bytes[i] >> 4];
    out[kDigitAt[i] + 1U] = kDigits[uuid.bytes[i] & 15];
  }
}

std::string FormatUuid(const Uuid& uuid) {
  std::string text(36, '-');
  FormatUuidTo(uuid, text.data());
  return text;
}

Uuid UuidV5(const Uuid& name_space, std::string_view name) {
  std::string input(reinterpret_cast<const char*>(name_space.bytes.data()), 16);
  input.append(name);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  LUMBUNG_CHECK(
      EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
  Uuid uuid;
  std::copy_n(digest.begin(), 16, uuid.bytes.begin());
  SetVersion(uuid, 5);
  return uuid;
}

Uuid UuidV7(std::uint64_t unix_milliseconds, std::uint64_t random_a, std::uint64_t random_b) {
  Uuid uuid;
  StoreBigEndian<std::uint64_t>(uuid.bytes.data(), (unix_milliseconds << 16) | (random_a & 0x0FFF));
  StoreBigEndian<std::uint64_t>(uuid.bytes.data() + 8, random_b);
  SetVersion(uuid, 7);
  return uuid;
}

Uuid UuidV4(std::uint64_t random_a, std::uint64_t random_b) {
  Uuid uuid;
  StoreBigEndian<std::uint64_t>(uuid.bytes.data(), random_a);
  StoreBigEndian<std::uint64_t>(uuid.bytes.data() + 8, random_b);
  SetVersion(uuid, 4);
  return uuid;
}

}  // namespace lumbung
