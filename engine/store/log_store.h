// The log of one shard on disk: events in blocks, full tiles of the tree, and HEAD.
//
//   <dir>/log/    RocksDB; column families blocks, tree, meta (keys in FORMAT.md)
//   <dir>/HEAD    see head_file.h
//
// "Appended" and "durable" are one here: Append returns when the block is on disk.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/chain/tree.h"
#include "engine/store/block_format.h"
#include "engine/store/head_file.h"

namespace rocksdb {
class FileSystem;
}

namespace lumbung {

struct LogStoreOptions {
  // Below RocksDB, for fault injection; null: the machine's.
  std::shared_ptr<rocksdb::FileSystem> file_system;
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  // Opens without owning: reads a closed ledger, never writes.
  bool read_only = false;
  // Opens a log that RecoverLog has put in place, before FinishRecovery (recovery.h).
  bool finishing_recovery = false;
};

// Upper bounds of LogStoreStats::fsyncs_by_time.
inline constexpr std::array<std::chrono::microseconds, 16> kFsyncBounds = [] {
  using std::chrono::microseconds;
  return std::array{microseconds(100),       microseconds(250),       microseconds(500),
                    microseconds(1'000),     microseconds(2'500),     microseconds(5'000),
                    microseconds(10'000),    microseconds(25'000),    microseconds(50'000),
                    microseconds(100'000),   microseconds(250'000),   microseconds(500'000),
                    microseconds(1'000'000), microseconds(2'500'000), microseconds(5'000'000),
                    microseconds(10'000'000)};
}();

// What a log costs, for `stats` and benchmarks.
struct LogStoreStats {
  std::uint64_t blocks_written = 0;  // since opening
  std::uint64_t event_bytes = 0;     // since opening: as handed to Append
  std::uint64_t bytes_written = 0;   // since opening: WAL, flushes and compactions
  std::uint64_t fsyncs = 0;          // since opening: syncs of the log's WAL
  std::uint64_t fsync_nanos = 0;     // since opening: how long these took
  // Since opening: how many took up to each bound and longer than the one before; the last, longer.
  std::array<std::uint64_t, kFsyncBounds.size() + 1> fsyncs_by_time{};
  std::uint64_t bytes_on_disk = 0;
};

// Append by one thread at a time; all reads are thread-safe and see what is durable.
class LogStore {
 public:
  // Makes an empty log in `dir`, which must exist and not hold one. HEAD is at sequence 0. Refused
  // on a network file system, as by Open.
  static Result<std::unique_ptr<LogStore>> Create(const std::string& dir,
                                                  const LogStoreOptions& options);
  // Opens a log. NotFound if there is neither log nor HEAD. Corruption (naming what to do:
  // `lumbung recover`) if it ends before HEAD, if the event at HEAD's sequence has another hash, if
  // sequences are missing between the WAL and what was there before it, or if RocksDB finds damage;
  // then no file is deleted. Busy if a process has it open. Flushes what was recovered from the WAL
  // before it returns: the page cache may show what the disk lacks.
  static Result<std::unique_ptr<LogStore>> Open(const std::string& dir,
                                                const LogStoreOptions& options);
  virtual ~LogStore() = default;

  // The last durable event; sequence 0 and zeros when empty.
  virtual Head head() const = 0;

  // Stores a block and the tiles that it filled: one WriteBatch, one fsync; then HEAD.
  // `last_hash` is the hash of its last event. After an error, of this call or of RocksDB's work in
  // the background, the store takes no more blocks: every later call gives the first error again.
  // Whether the failed block is there is known after reopening; reads go on without it.
  // REQUIRES: block is finished and follows head(); not read_only
  virtual Status Append(const BlockBuilder& block, const std::vector<Tile>& tiles,
                        const Hash& last_hash) = 0;

  // One event's bytes. NotFound past the head; Corruption where it can't be read.
  virtual Result<std::string> ReadEvent(std::uint64_t sequence) const = 0;

  // A cursor over segments, from the one that holds `sequence`. It must not outlive the store. One
  // thread at a time.
  class Cursor {
   public:
    virtual ~Cursor() = default;
    // False at the end of what was durable when the cursor was made, or on an error: see status().
    // Corruption where segments do not follow each other. `segment` is valid until the next call.
    virtual bool Next(std::uint64_t& first_sequence, std::string_view& segment) = 0;
    virtual const Status& status() const = 0;
  };
  virtual std::unique_ptr<Cursor> Read(std::uint64_t sequence) const = 0;

  // Calls `visit` for each event from `from` to the head or `through`, whichever is first, in
  // order, until it returns a status that is not ok, which is then returned. Corruption where
  // sequences do not follow each other. REQUIRES: from >= 1
  Status ForEach(
      std::uint64_t from, std::uint64_t through,
      const std::function<Status(std::uint64_t sequence, std::string_view event)>& visit) const;

  // A full tile of level >= 1. NotFound if it is not there.
  virtual Result<std::string> ReadTile(std::uint8_t level, std::uint64_t index) const = 0;
  // The tree over all durable events, from tiles and the events after the last full ones.
  Result<TreeBuilder> LoadTree() const;

  // Small values beside the log (keys in FORMAT.md), synced. Like Append, by one thread at a time.
  virtual Status PutMeta(std::string_view key, std::string_view value) = 0;
  virtual Result<std::string> GetMeta(std::string_view key) const = 0;

  // Checks every table file of the database against the checksum written with it. (The WAL's
  // records have checksums of their own, checked as they are read.)
  virtual Status VerifyFiles() const = 0;
  // A consistent copy (hard links where possible) of log and HEAD in `dir`/log and `dir`/HEAD,
  // while running. `dir` must exist and hold neither.
  virtual Status Backup(const std::string& dir) = 0;
  virtual LogStoreStats Stats() const = 0;
  // Flushes, so that the next opening is fast, and closes; no call after it. A store that goes
  // without Close loses nothing.
  virtual Status Close() = 0;
};

}  // namespace lumbung
