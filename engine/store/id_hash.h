// Keyed hash of an id. Whoever sends ids does not know the seed, so can't aim at one slot of a
// table or at the false positives of a filter.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <random>

#include "engine/store/id_entry.h"

namespace lumbung {

using IdSeed = std::array<std::uint64_t, 4>;

// A seed from the operating system's random source.
inline IdSeed RandomIdSeed() {
  std::random_device random;
  IdSeed seed;
  for (auto& word : seed) {
    word = (std::uint64_t{random()} << 32) | random();
  }
  return seed;
}

// Folds the 128-bit product of two words: each bit of either reaches all bits of the result.
inline std::uint64_t FoldedProduct(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Filters on disk are made of it: it must not change without a new version of the derived format.
inline std::uint64_t HashId(const IdKey& key, const IdSeed& seed) {
  const auto a = LoadBigEndian<std::uint64_t>(key.data());
  const auto b = LoadBigEndian<std::uint64_t>(key.data() + 8);
  const auto c = LoadBigEndian<std::uint64_t>(key.data() + 16);
  const std::uint64_t h = FoldedProduct(a ^ seed[0], b ^ seed[1]);
  return FoldedProduct(h ^ seed[2], c ^ seed[3] ^ 0x9e3779b97f4a7c15U);
}

}  // namespace lumbung
