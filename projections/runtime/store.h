// Rows and positions of one projection on disk. What a batch changes is one write: whatever
// happens, they come back as they were after some batch. Nothing is synced; what is lost is built
// again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/status.h"
#include "projections/runtime/position.h"
#include "projections/runtime/projection.h"
#include "projections/runtime/rows.h"

namespace rocksdb {
class FileSystem;
}

namespace lumbung {

struct ProjectionStoreOptions {
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  std::size_t cache_bytes = std::size_t{64} << 20;
  // Below RocksDB, for fault injection; null: the machine's.
  std::shared_ptr<rocksdb::FileSystem> file_system;
  // Opens without owning: reads what nobody writes.
  bool read_only = false;
};

struct ProjectionStoreStats {
  std::uint64_t batches = 0;       // since opening
  std::uint64_t rows_written = 0;  // since opening
  std::uint64_t row_bytes = 0;     // since opening: keys and values
  std::uint64_t bytes_on_disk = 0;
};

// Rows as of one commit. Keeps its files; to be let go soon. Thread-safe.
class View : public RowReader {
 public:
  virtual const ProjectionIdentity& identity() const = 0;
  virtual const Positions& positions() const = 0;
  // When it was committed.
  virtual std::chrono::steady_clock::time_point committed_at() const = 0;
};

// Commit by one thread at a time; the rest is thread-safe.
class ProjectionStore {
 public:
  // Opens or makes the folder `dir`, whose parent must exist. Refused where rows of another
  // identity are in it (see ReadIdentity); Busy where a process has it open.
  static Result<std::unique_ptr<ProjectionStore>> Open(const std::string& dir,
                                                       const ProjectionIdentity& identity,
                                                       const ProjectionStoreOptions& options);
  // Whose rows are in `dir`; nothing where there is no such folder or it is empty.
  static Result<std::optional<ProjectionIdentity>> ReadIdentity(
      const std::string& dir, const ProjectionStoreOptions& options);
  virtual ~ProjectionStore() = default;

  // As of the last commit.
  virtual const RowReader& rows() const = 0;
  virtual std::shared_ptr<const View> view() const = 0;
  // Writes the rows that `fill` puts together with the positions, and publishes a new view. After
  // an error of either the store takes no more; reads go on.
  virtual Status Commit(const std::function<Status(RowWriter&)>& fill,
                        const Positions& positions) = 0;
  virtual ProjectionStoreStats Stats() const = 0;
  // Writes out what is only in memory, so that the next opening has nothing to build again.
  virtual Status Flush() = 0;
};

}  // namespace lumbung
