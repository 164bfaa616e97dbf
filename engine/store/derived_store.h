// What is derived from a shard's log and kept so that opening is fast: the index of ids and the
// rows of the state. It can lag behind the log and never leads; deleted, it is built again.
//
//   <dir>/derived/            RocksDB without WAL; column families ids, state and meta, whose keys
//                             and values are in derived_format.h
//   <dir>/derived/incoming/   files that are not part of it yet; emptied at opening
//   <dir>/derived.deleted/    what Destroy has not got rid of
//
// It is written in steps only: each step ingests a sorted run of new ids and changed rows together
// with a manifest that names the runs and how far they reach, atomically. A thread merges runs in
// the background (id_merge.h), so that an id is looked for in few of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/state_row.h"
#include "engine/base/status.h"
#include "engine/store/head_file.h"
#include "engine/store/id_entry.h"

namespace rocksdb {
class FileSystem;
}

namespace lumbung {

struct DerivedStoreOptions {
  // Below RocksDB, for fault injection; null: the machine's.
  std::shared_ptr<rocksdb::FileSystem> file_system;
  // Memory for Bloom filters, index and data blocks. Filters that don't fit are left out, and a
  // look-up then costs a read for each of these: 10 bits an id are enough for all.
  std::size_t cache_bytes = std::size_t{128} << 20;
  // Reads a closed ledger: never writes, holds no lock. One that is absent is empty.
  bool read_only = false;
};

// What a derived store holds and what it cost, for `stats` and benchmarks.
struct DerivedStoreStats {
  std::uint64_t ids = 0;
  std::uint64_t runs = 0;    // of ids, as they overlap
  std::uint64_t pieces = 0;  // of all runs
  std::uint64_t bytes_on_disk = 0;
  std::uint64_t bytes_installed = 0;  // since opening: files that Install wrote
  std::uint64_t bytes_merged = 0;     // since opening: ids that were written again
  std::uint64_t bytes_compacted = 0;  // since opening: rows that were written again
  std::uint64_t filter_bytes = 0;     // in memory
};

// Install by one thread at a time; everything else is thread-safe.
class DerivedStore {
 public:
  // Opens, or makes an empty one where there is none. Corruption if there is one that is damaged:
  // then Destroy it and build it again.
  static Result<std::unique_ptr<DerivedStore>> Open(const std::string& dir,
                                                    const DerivedStoreOptions& options);
  // Deletes it, at once for whoever opens it afterwards. REQUIRES: it is not open
  static Status Destroy(const std::string& dir);
  virtual ~DerivedStore() = default;

  // The event that the rows and ids reach: everything up to it is in. Rows may be newer.
  virtual Head marker() const = 0;

  // Sequences of ids, 0 where absent.
  virtual Status FindIds(std::span<const IdKey> keys, std::span<std::uint64_t> sequences) const = 0;
  // Number of Installs since opening; an absence found at an older generation may no longer hold.
  virtual std::uint64_t generation() const = 0;

  // Every row of the state, in key order.
  virtual Status ForEachRow(
      const std::function<Status(std::string_view key, std::string_view value)>& visit) const = 0;

  // Adds ids and rows, each sorted by key without repetition, and moves the marker; durable when
  // it returns, all or nothing. After an error it takes no more (it may or may not be in: opening
  // tells) and reads go on. Waits where merges are far behind.
  // REQUIRES: none of the ids is there; sequences are not 0
  using PutRow = std::function<Status(const StateRow& row)>;
  // Hands over the rows, one after the other; an error of PutRow ends it and is returned.
  using RowSource = std::function<Status(const PutRow& put)>;
  virtual Status InstallFrom(const Head& marker, std::span<const IdEntry> ids,
                             const RowSource& rows) = 0;
  // The same for rows that are at hand.
  Status Install(const Head& marker, std::span<const IdEntry> ids, std::span<const StateRow> rows);

  // Returns when there are no ids left to merge, or with the error that ended merging.
  virtual Status WaitForMerges() = 0;

  // Checks every file against the checksums written with it.
  virtual Status VerifyFiles() const = 0;
  virtual std::uint64_t BytesOnDisk() const = 0;
  // Filters, cache, and RocksDB's table readers.
  virtual std::uint64_t MemoryBytes() const = 0;
  virtual DerivedStoreStats Stats() const = 0;
  // Gives up a merge that is under way; no call after it.
  virtual Status Close() = 0;
};

}  // namespace lumbung
