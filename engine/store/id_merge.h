// Merging runs of ids, so that there are few to look into: which ones, and how.
//
// Runs are of a tier by size, each tier eight times the one before. Eight runs of a tier make one
// of the next, so an id is written once a tier and there are at most seven runs in each. Pieces
// that overlap no other move into the new run as they are, unless they are tiny: ids in time order
// are not written again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <rocksdb/db.h>

#include "engine/base/status.h"
#include "engine/store/derived_format.h"
#include "engine/store/run_writer.h"

namespace lumbung {

inline constexpr std::size_t kMergeWidth = 8;

std::uint64_t CountIds(const RunInfo& run);

// Positions of the runs to merge next, of the lowest tier that is full; none if no tier is.
std::vector<std::size_t> RunsToMerge(const std::vector<RunInfo>& runs);

// What is merged into one: each source is in key order. A single source is a piece that stays.
using PieceGroup = std::vector<RunInfo>;

// Pieces with fewer ids are merged with their neighbours, or there would be more and more files.
inline constexpr std::uint64_t kTinyIds = std::uint64_t{32} << 10;

// The pieces of these runs in groups that don't overlap, in key order.
std::vector<PieceGroup> GroupPieces(const std::vector<RunInfo>& runs);

// Writes the ids of a group in key order. Cancelled if `stop` becomes true; Corruption if an id
// stands in two runs.
Status MergeGroup(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, const PieceGroup& group,
                  const std::atomic<bool>& stop, RunWriter& writer);

}  // namespace lumbung
