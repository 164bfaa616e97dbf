// UUIDs (RFC 9562): the ids of commands and transactions.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
};

// The UUID in its canonical text form, 36 lower-case characters, of version 1 to 8 and the
// variant of RFC 9562; nothing else (no braces, no capitals, not the nil UUID).
std::optional<Uuid> ParseUuid(std::string_view text);

// Canonical text form.
std::string FormatUuid(const Uuid& uuid);
// Writes the 36 characters at `out`.
void FormatUuidTo(const Uuid& uuid, char* out);

// Version 5: the SHA-1 of a name in a name space (RFC 9562 section 5.5).
Uuid UuidV5(const Uuid& name_space, std::string_view name);

// Version 7 of a time (milliseconds since 1970 UTC) and 74 random bits; a and b are used as they
// come (RFC 9562 section 5.7).
Uuid UuidV7(std::uint64_t unix_milliseconds, std::uint64_t random_a, std::uint64_t random_b);

// Version 4 of 122 random bits.
Uuid UuidV4(std::uint64_t random_a, std::uint64_t random_b);

}  // namespace lumbung
