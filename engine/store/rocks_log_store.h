// LogStore on RocksDB. How one comes to be is in log_opening.cc.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/statistics.h>
#include <rocksdb/write_batch.h>

#include "engine/store/deferred_deletion.h"
#include "engine/store/log_keys.h"
#include "engine/store/log_store.h"
#include "engine/store/wal_continuity.h"

namespace lumbung {

// Remembers the first error, wherever it came from: a block that could not be written, or RocksDB's
// own work in the background. Thread-safe.
class FirstError : public rocksdb::EventListener {
 public:
  // The first error, which is this one if there was none.
  Status Set(const Status& error);
  Status Get() const;

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;

 private:
  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  Status error_;
};

class RocksLogStore : public LogStore {
 public:
  // Opens the database alone; Adopt makes a log of it. `create` makes the database.
  static Result<std::unique_ptr<RocksLogStore>> OpenDatabase(const std::string& dir,
                                                             const LogStoreOptions& options,
                                                             bool create);
  // Compares what is in the database with HEAD, and takes over from there.
  Status Adopt(HeadFile head_file);

  ~RocksLogStore() override;

  Head head() const override;
  Status Append(const BlockBuilder& block, const std::vector<Tile>& tiles,
                const Hash& last_hash) override;
  Result<std::string> ReadEvent(std::uint64_t sequence) const override;
  std::unique_ptr<Cursor> Read(std::uint64_t sequence) const override;
  Result<std::string> ReadTile(std::uint8_t level, std::uint64_t index) const override;
  Status PutMeta(std::string_view key, std::string_view value) override;
  Result<std::string> GetMeta(std::string_view key) const override;
  Status VerifyFiles() const override;
  Status Backup(const std::string& dir) override;
  LogStoreStats Stats() const override;
  Status Close() override;

 private:
  RocksLogStore(const std::string& dir, const LogStoreOptions& options);

  rocksdb::ColumnFamilyHandle* family(LogFamily family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  Status CheckOpen() const;
  // The last segment's last event; sequence 0 if there is none.
  Result<Head> FindEnd() const;
  Status CheckContinuity() const;
  Status CheckAgainstHead(const Head& recorded, const Head& end) const;
  Result<std::string> EventAt(std::uint64_t sequence) const;
  Status Write(rocksdb::WriteBatch& batch);
  void NoteFsync(std::chrono::nanoseconds took);
  void CloseDatabase();

  // Constant after opening.
  const std::string dir_;
  const std::string log_dir_;
  const bool read_only_;
  std::shared_ptr<DeferredDeletion> file_system_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<rocksdb::Statistics> statistics_;
  const std::shared_ptr<FirstError> first_error_ = std::make_shared<FirstError>();
  WalContinuity wal_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;

  // Used by the appending thread alone.
  std::optional<HeadFile> head_file_;
  rocksdb::WriteBatch batch_;

  std::atomic<std::uint64_t> blocks_written_{0};
  std::atomic<std::uint64_t> event_bytes_{0};
  std::atomic<std::uint64_t> fsync_nanos_{0};
  std::array<std::atomic<std::uint64_t>, kFsyncBounds.size() + 1> fsyncs_by_time_{};

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  Head head_;
};

}  // namespace lumbung
