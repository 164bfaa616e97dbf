// Looks ids up in the runs of a derived store: first in filters in memory, which rule out nearly
// all of the pieces, then in the page where the id must be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <rocksdb/db.h>

#include "engine/base/status.h"
#include "engine/store/derived_format.h"
#include "engine/store/id_filter.h"

namespace lumbung {

// A piece and its filter, which is read when a look-up first needs it.
class IdPiece {
 public:
  explicit IdPiece(const PieceInfo& info) : info_(info) {}

  const PieceInfo& info() const { return info_; }
  // Null where the filter is not to be kept: then nothing is ruled out.
  Result<std::shared_ptr<const IdFilter>> Filter(rocksdb::DB* db,
                                                 rocksdb::ColumnFamilyHandle* ids) const;
  // Whether the filter may be in memory; frees it if not.
  void KeepFilter(bool keep);
  // 0 while it has not been read.
  std::size_t MemoryBytes() const;

 private:
  const PieceInfo info_;
  mutable std::mutex mutex_;  // guards what is below
  bool keep_ = false;
  mutable std::shared_ptr<const IdFilter> filter_;
};

using IdRun = std::vector<std::shared_ptr<IdPiece>>;

// Find is thread-safe; Publish by one thread at a time.
class IdIndex {
 public:
  // Filters take at most `filter_budget` bytes. `db` and `ids` must outlive it.
  IdIndex(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, const IdSeed& seed,
          std::size_t filter_budget);

  // Sequences of ids, 0 where absent.
  Status Find(std::span<const IdKey> keys, std::span<std::uint64_t> sequences) const;

  // Finds look into these runs from now on. Pieces that are in none of them may be deleted: a Find
  // that is reading them notices and starts again.
  void Publish(const std::vector<RunInfo>& runs);

  std::size_t MemoryBytes() const;

 private:
  struct Version {
    std::vector<IdRun> runs;
    IdKey largest{};
    bool empty = true;
  };
  class Search;

  std::shared_ptr<const Version> Current() const;
  // Which pieces keep their filters: the smallest that fit, since a filter saves as many reads in a
  // small piece as in a large one.
  void ShareBudget(const Version& version) const;

  // Constant after construction.
  rocksdb::DB* const db_;
  rocksdb::ColumnFamilyHandle* const ids_;
  const IdSeed seed_;
  const std::size_t filter_budget_;

  mutable std::mutex mutex_;  // guards what is below
  std::shared_ptr<const Version> current_;
};

}  // namespace lumbung
