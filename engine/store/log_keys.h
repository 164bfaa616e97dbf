// Column families of the log and their keys (FORMAT.md). These bytes must not change.
//
//   blocks   first sequence:u64be              -> segment (block_format.h)
//   tree     level:u8 (>=1) index:u64be        -> 256 hashes of 32 bytes
//   meta     name                              -> value
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/bytes.h"

namespace lumbung {

// Column families have numbers too, given in the order in which they are made; the WAL names them
// by these.
enum class LogFamily : std::uint32_t { kDefault = 0, kBlocks = 1, kTree = 2, kMeta = 3 };
inline constexpr std::array<const char*, 4> kLogFamilyNames = {"default", "blocks", "tree", "meta"};

using SegmentKey = std::array<std::uint8_t, 8>;
using TileKey = std::array<std::uint8_t, 9>;

inline SegmentKey MakeSegmentKey(std::uint64_t first_sequence) {
  SegmentKey key;
  StoreBigEndian(key.data(), first_sequence);
  return key;
}

inline TileKey MakeTileKey(std::uint8_t level, std::uint64_t index) {
  TileKey key;
  key[0] = level;
  StoreBigEndian(key.data() + 1, index);
  return key;
}

}  // namespace lumbung
