#include "engine/verify/tree_check.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {
namespace {

std::string TileName(std::uint8_t level, std::uint64_t index) {
  return "tile " + std::to_string(index) + " of level " + std::to_string(level);
}

void AppendHash(std::string& hashes, const Hash& hash) { hashes.append(AsView(hash)); }

}  // namespace

TreeCheck::TreeCheck(const LogStore& log, std::vector<std::uint64_t> sizes)
    : log_(log), sizes_(std::move(sizes)) {}

bool TreeCheck::WantsLeaves(std::uint64_t first, std::uint64_t last) const {
  const auto size = std::lower_bound(sizes_.begin(), sizes_.end(), first);
  return size != sizes_.end() && *size < last;
}

void TreeCheck::NoteRoot() {
  if (std::binary_search(sizes_.begin(), sizes_.end(), tree_.size())) {
    roots_[tree_.size()] = tree_.Root();
  }
}

std::optional<Finding> TreeCheck::AppendStored() {
  const std::uint64_t index = tree_.size() / kChunkEvents;
  Result<std::string> tile = log_.ReadTile(1, index);
  if (!tile.ok()) {
    return Finding{0, TileName(1, index) + " can't be read: " + tile.status().message()};
  }
  const Hash root = TileRoot(hasher_, *tile);
  tree_.AppendSubtree(2, root);
  NoteRoot();
  return AddToLevel(2, root);
}

void TreeCheck::AppendLeaves(const std::vector<Hash>& leaves, std::string& level1) {
  std::vector<Tile> full;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    tree_.Append(leaves[i], full);
    NoteRoot();
    if ((i + 1) % kTileWidth == 0) {
      const std::string_view hashes(
          reinterpret_cast<const char*>(leaves.data() + i + 1 - kTileWidth), kTileBytes);
      AppendHash(level1, TileRoot(hasher_, hashes));
    }
  }
}

std::optional<Finding> TreeCheck::Append(const ChunkResult& chunk) {
  std::string level1;
  level1.reserve(kTileBytes);
  for (const Hash& root : chunk.roots) {
    AppendHash(level1, root);
  }
  if (level1.size() == kTileBytes) {
    const Hash root = TileRoot(hasher_, level1);
    tree_.AppendSubtree(2, root);
  } else {
    for (const Hash& root : chunk.roots) {
      tree_.AppendSubtree(1, root);
    }
  }
  NoteRoot();
  AppendLeaves(chunk.leaves, level1);
  if (level1.size() != kTileBytes) {
    return std::nullopt;
  }
  if (auto finding = Compare(1, level1)) {
    return finding;
  }
  return AddToLevel(2, TileRoot(hasher_, level1));
}

std::optional<Finding> TreeCheck::AddToLevel(std::uint8_t level, const Hash& root) {
  LUMBUNG_CHECK(level < kTileLevels);
  std::string& hashes = partial_[level];
  AppendHash(hashes, root);
  if (hashes.size() < kTileBytes) {
    return std::nullopt;
  }
  const std::string full = std::exchange(hashes, {});
  if (auto finding = Compare(level, full)) {
    return finding;
  }
  return AddToLevel(static_cast<std::uint8_t>(level + 1), TileRoot(hasher_, full));
}

std::optional<Finding> TreeCheck::Compare(std::uint8_t level, std::string_view hashes) {
  std::uint64_t leaves = kTileWidth;
  for (std::uint8_t i = 0; i < level; ++i) {
    leaves *= kTileWidth;
  }
  const std::uint64_t index = tree_.size() / leaves - 1;
  const Result<std::string> stored = log_.ReadTile(level, index);
  if (!stored.ok()) {
    return Finding{0, TileName(level, index) + " can't be read: " + stored.status().message()};
  }
  ++tiles_compared_;
  if (*stored == hashes) {
    return std::nullopt;
  }
  const std::size_t differs = static_cast<std::size_t>(
      std::mismatch(hashes.begin(), hashes.end(), stored->begin(), stored->end()).first -
      hashes.begin());
  const std::uint64_t first = index * leaves + differs / sizeof(Hash) * (leaves / kTileWidth) + 1;
  return Finding{first, TileName(level, index) + " is not the tree of the events from " +
                            std::to_string(first) + " on"};
}

}  // namespace lumbung
