// The Merkle tree over the events' hashes (RFC 6962), grown leaf by leaf, and its tiles.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"

namespace lumbung {

// Tiles of height 8 (C2SP tlog-tiles): tile n of level l holds the roots of 256 subtrees of
// 256^l leaves each. Level 0 are the events' own hashes and is not kept as tiles.
inline constexpr std::size_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kTileBytes = kTileWidth * sizeof(Hash);
// Levels 0 to 7 hold 2^64 leaves.
inline constexpr std::uint8_t kTileLevels = 8;

// A full tile of level 1 or more: 256 hashes of 32 bytes.
struct Tile {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  std::string hashes;
};

// The root over a full tile's hashes, which is one hash of the level above.
// REQUIRES: hashes.size() == kTileBytes
Hash TileRoot(Hasher& hasher, std::string_view hashes);

// Appends leaves and yields the root and each tile that becomes full. One thread at a time.
class TreeBuilder {
 public:
  // Appends one leaf. A tile of level >= 1 that it fills is added to `full`.
  void Append(const Hash& leaf, std::vector<Tile>& full);

  // Leaves so far.
  std::uint64_t size() const { return size_; }
  // Root of the leaves so far; of none, SHA-256 of nothing.
  Hash Root() const;

  // Continues a tree whose older part is known by roots (LogStore::LoadTree): appends the root of
  // a full subtree of 256^level leaves. Tiles that this fills are not given out again.
  // REQUIRES: size() is a multiple of 256^level, level < kTileLevels
  void AppendSubtree(std::uint8_t level, const Hash& root);

 private:
  // Carries the root of a full subtree of height `height` into the frontier and the tiles.
  void Carry(unsigned height, Hash root, std::vector<Tile>* full);
  // Notes the root of a full subtree of 256^level leaves, the last of which is number `end` - 1.
  void AddToTile(std::uint8_t level, const Hash& root, std::uint64_t end, std::vector<Tile>* full);

  mutable Hasher hasher_;
  std::uint64_t size_ = 0;
  // frontier_[h] is the root of the full subtree of 2^h leaves that bit h of size_ stands for.
  std::array<Hash, 64> frontier_{};
  // partial_[l] are the hashes of level l's unfinished tile, l >= 1.
  std::array<std::string, kTileLevels> partial_;
};

}  // namespace lumbung
