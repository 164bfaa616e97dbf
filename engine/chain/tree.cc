#include "engine/chain/tree.h"

#include <bit>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {

Hash TileRoot(Hasher& hasher, std::string_view hashes) {
  LUMBUNG_CHECK(hashes.size() == kTileBytes);
  std::array<Hash, kTileWidth> level;
  for (std::size_t i = 0; i < kTileWidth; ++i) {
    level[i] = AsHash(hashes.substr(i * sizeof(Hash), sizeof(Hash)));
  }
  for (std::size_t width = kTileWidth; width > 1; width /= 2) {
    for (std::size_t i = 0; i < width / 2; ++i) {
      level[i] = hasher.Node(level[2 * i], level[2 * i + 1]);
    }
  }
  return level[0];
}

void TreeBuilder::Append(const Hash& leaf, std::vector<Tile>& full) { Carry(0, leaf, &full); }

void TreeBuilder::AppendSubtree(std::uint8_t level, const Hash& root) {
  LUMBUNG_CHECK(level < kTileLevels);
  const unsigned height = level * kTileHeight;
  LUMBUNG_CHECK((size_ & ((std::uint64_t{1} << height) - 1)) == 0);
  Carry(height, root, nullptr);
}

// Adding 2^height leaves is binary addition: each bit that overflows joins two subtrees.
void TreeBuilder::Carry(unsigned height, Hash root, std::vector<Tile>* full) {
  const std::uint64_t end = size_ + (std::uint64_t{1} << height);
  LUMBUNG_CHECK(end > size_);
  for (unsigned h = height;; ++h) {
    if (h % kTileHeight == 0 && h > 0) {
      AddToTile(static_cast<std::uint8_t>(h / kTileHeight), root, end, full);
    }
    if ((size_ >> h & 1) == 0) {
      frontier_[h] = root;
      break;
    }
    root = hasher_.Node(frontier_[h], root);
  }
  size_ = end;
}

void TreeBuilder::AddToTile(std::uint8_t level, const Hash& root, std::uint64_t end,
                            std::vector<Tile>* full) {
  std::string& hashes = partial_[level];
  hashes.append(AsView(root));
  if (hashes.size() < kTileBytes) {
    return;
  }
  if (full != nullptr) {
    const std::uint64_t last_subtree = (end >> (level * kTileHeight)) - 1;
    full->push_back({level, last_subtree / kTileWidth, hashes});
  }
  hashes.clear();
}

Hash TreeBuilder::Root() const {
  if (size_ == 0) {
    return Sha256({});
  }
  // The smallest subtrees are the rightmost: fold them into their left neighbours.
  unsigned height = static_cast<unsigned>(std::countr_zero(size_));
  Hash root = frontier_[height];
  for (++height; height < 64; ++height) {
    if ((size_ >> height & 1) != 0) {
      root = hasher_.Node(frontier_[height], root);
    }
  }
  return root;
}

}  // namespace lumbung
