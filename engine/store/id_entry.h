// The key under which an id stands in every index of ids, and an id with its sequence.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/bytes.h"

namespace lumbung {

// uuid(16) || cooperative u64be; the top bit of the cooperative says "reversal of" (FORMAT.md).
using IdKey = std::array<std::uint8_t, 24>;

struct IdEntry {
  IdKey key;
  std::uint64_t sequence;
};
static_assert(sizeof(IdEntry) == 32);

// The first 8 bytes as a number: orders most keys without looking at the rest.
inline std::uint64_t PrefixOf(const IdKey& key) { return LoadBigEndian<std::uint64_t>(key.data()); }

// As a < b, without a call where the first 8 bytes tell.
inline bool KeyLess(const IdKey& a, const IdKey& b) {
  const std::uint64_t prefix_a = PrefixOf(a);
  const std::uint64_t prefix_b = PrefixOf(b);
  return prefix_a != prefix_b ? prefix_a < prefix_b : a < b;
}

}  // namespace lumbung
