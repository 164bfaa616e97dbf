// Puts the tree together from pieces of the log, and compares it with what is stored and with what
// others kept.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/chain/tree.h"
#include "engine/store/log_store.h"
#include "engine/verify/chunk_check.h"

namespace lumbung {

// One thread at a time.
class TreeCheck {
 public:
  // Notes the roots at `sizes`, ascending. The log must outlive it.
  TreeCheck(const LogStore& log, std::vector<std::uint64_t> sizes);

  // Takes a full piece of kChunkEvents as its stored tile says. The finding is there where the tile
  // is not.
  std::optional<Finding> AppendStored();
  // Appends a piece that was checked and compares the tiles that it fills.
  // REQUIRES: it has leaves where WantsLeaves says so
  std::optional<Finding> Append(const ChunkResult& chunk);
  // Whether the piece that begins after size() has a size in it whose root is wanted.
  bool WantsLeaves(std::uint64_t first, std::uint64_t last) const;

  std::uint64_t size() const { return tree_.size(); }
  Hash Root() const { return tree_.Root(); }
  // Roots at the sizes wanted and reached.
  const std::map<std::uint64_t, Hash>& roots() const { return roots_; }
  std::uint64_t tiles_compared() const { return tiles_compared_; }

 private:
  void AppendLeaves(const std::vector<Hash>& leaves, std::string& level1);
  // Adds the root of a full tile of `level` - 1, and compares tiles of that level and up.
  std::optional<Finding> AddToLevel(std::uint8_t level, const Hash& root);
  std::optional<Finding> Compare(std::uint8_t level, std::string_view hashes);
  void NoteRoot();

  const LogStore& log_;
  const std::vector<std::uint64_t> sizes_;
  TreeBuilder tree_;
  Hasher hasher_;
  std::map<std::uint64_t, Hash> roots_;
  // Hashes of the unfinished tile of each level >= 2.
  std::array<std::string, kTileLevels> partial_;
  std::uint64_t tiles_compared_ = 0;
};

}  // namespace lumbung
