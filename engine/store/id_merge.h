// Merging runs of ids, so that there are few to look into: which ones, and how.
//
// Runs are of a tier by size, each tier eight times the one before. Eight runs of a tier make one
// of the next, so an id is written once a tier and there are at most seven runs in each. Pieces
// that overlap no other move into the new run as they are: ids in time order are never written
// again.
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

// Pieces of several runs whose key ranges are connected; one piece alone overlaps no other.
using PieceGroup = std::vector<RunInfo>;

// The pieces of these runs in groups that don't overlap, in key order.
std::vector<PieceGroup> GroupPieces(const std::vector<RunInfo>& runs);

// Writes the ids of a group in key order. Cancelled if `stop` becomes true; Corruption if an id
// stands in two runs.
Status MergeGroup(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, const PieceGroup& group,
                  const std::atomic<bool>& stop, RunWriter& writer);

}  // namespace lumbung
