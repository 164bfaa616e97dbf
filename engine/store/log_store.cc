// What every LogStore does alike, on top of its cursor and tiles.
#include "engine/store/log_store.h"

#include "engine/base/check.h"

namespace lumbung {

Status LogStore::ForEach(
    std::uint64_t from, std::uint64_t through,
    const std::function<Status(std::uint64_t sequence, std::string_view event)>& visit) const {
  LUMBUNG_CHECK(from >= 1);
  if (from > through) {
    return Status::Ok();
  }
  const std::unique_ptr<Cursor> cursor = Read(from);
  std::uint64_t first = 0;
  std::string_view segment;
  while (cursor->Next(first, segment)) {
    Result<SegmentReader> reader = SegmentReader::Open(segment);
    if (!reader.ok()) {
      return Status::Corruption("events from " + std::to_string(first) + ": " +
                                reader.status().message());
    }
    std::string_view event;
    for (std::uint64_t sequence = first; reader->Next(event); ++sequence) {
      if (sequence > through) {
        return Status::Ok();
      }
      if (sequence >= from) {
        LUMBUNG_RETURN_IF_ERROR(visit(sequence, event));
      }
    }
  }
  return cursor->status();
}

// Everything before the last multiple of 65,536 events is in full tiles. From the widest level
// down: the hashes that level l's unfinished tile has so far are the roots of level l-1's full
// tiles. What no full tile of level 1 holds is hashed again, event by event.
Result<TreeBuilder> LogStore::LoadTree() const {
  const std::uint64_t size = head().sequence;
  TreeBuilder tree;
  Hasher hasher;
  for (std::uint8_t level = kTileLevels - 1; level >= 2; --level) {
    const std::uint64_t subtrees = size >> (level * kTileHeight);
    for (std::uint64_t i = subtrees / kTileWidth * kTileWidth; i < subtrees; ++i) {
      const std::uint8_t below = level - 1;
      const Result<std::string> tile = ReadTile(below, i);
      if (!tile.ok()) {
        return Status::Corruption("the tree of the log: " + tile.status().message());
      }
      tree.AppendSubtree(level, TileRoot(hasher, *tile));
    }
  }
  std::vector<Tile> full;
  LUMBUNG_RETURN_IF_ERROR(
      ForEach(tree.size() + 1, size, [&](std::uint64_t, std::string_view event) {
        tree.Append(hasher.Leaf(event), full);
        return Status::Ok();
      }));
  LUMBUNG_CHECK(tree.size() == size && full.empty());
  return tree;
}

}  // namespace lumbung
