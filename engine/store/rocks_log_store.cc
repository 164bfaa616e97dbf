#include "engine/store/rocks_log_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <rocksdb/iostats_context.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/utilities/checkpoint.h>

#include "engine/base/check.h"
#include "engine/store/log_cursor.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

rocksdb::ReadOptions PointRead() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

}  // namespace

Status FirstError::Set(const Status& error) {
  const std::lock_guard lock(mutex_);
  if (error_.ok()) {
    error_ = error;
  }
  return error_;
}

Status FirstError::Get() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void FirstError::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                   rocksdb::Status* status) {
  if (status != nullptr && !status->ok()) {
    (void)Set(FromRocks(*status, "writing the log in the background"));
  }
}

RocksLogStore::RocksLogStore(const std::string& dir, const LogStoreOptions& options)
    : dir_(dir), log_dir_(dir + "/log"), read_only_(options.read_only) {}

RocksLogStore::~RocksLogStore() { CloseDatabase(); }

void RocksLogStore::CloseDatabase() {
  if (db_ == nullptr) {
    return;
  }
  for (rocksdb::ColumnFamilyHandle* handle : families_) {
    // Fails only for a null handle.
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  families_.clear();
  db_.reset();
}

Head RocksLogStore::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

Status RocksLogStore::CheckOpen() const {
  LUMBUNG_CHECK(db_ != nullptr && !read_only_);
  return first_error_->Get();
}

Status RocksLogStore::Write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  // RocksDB times the syncs of this thread: a few readings of the clock a block.
  const rocksdb::PerfLevel level = rocksdb::GetPerfLevel();
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableTimeExceptForMutex);
  const rocksdb::IOStatsContext& io = *rocksdb::get_iostats_context();
  const std::uint64_t before = io.fsync_nanos;
  const rocksdb::Status status = db_->Write(options, &batch);
  rocksdb::SetPerfLevel(level);
  if (!status.ok()) {
    return first_error_->Set(FromRocks(status, "writing " + log_dir_));
  }
  NoteFsync(std::chrono::nanoseconds(io.fsync_nanos - before));
  return Status::Ok();
}

void RocksLogStore::NoteFsync(std::chrono::nanoseconds took) {
  const auto bound = std::lower_bound(kFsyncBounds.begin(), kFsyncBounds.end(), took);
  fsyncs_by_time_[static_cast<std::size_t>(bound - kFsyncBounds.begin())].fetch_add(
      1, std::memory_order_relaxed);
  fsync_nanos_.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
}

Status RocksLogStore::Append(const BlockBuilder& block, const std::vector<Tile>& tiles,
                             const Hash& last_hash) {
  LUMBUNG_RETURN_IF_ERROR(CheckOpen());
  LUMBUNG_CHECK(block.finished() && block.first_sequence() == head().sequence + 1);
  batch_.Clear();
  for (std::size_t i = 0; i < block.segment_count(); ++i) {
    const Segment& segment = block.segment(i);
    const SegmentKey key = MakeSegmentKey(segment.first_sequence);
    batch_.Put(family(LogFamily::kBlocks), AsSlice(key), segment.bytes);
  }
  for (const Tile& tile : tiles) {
    const TileKey key = MakeTileKey(tile.level, tile.index);
    batch_.Put(family(LogFamily::kTree), AsSlice(key), tile.hashes);
  }
  LUMBUNG_RETURN_IF_ERROR(Write(batch_));

  const Head head{block.last_sequence(), last_hash};
  if (const Status status = head_file_->Advance(head); !status.ok()) {
    return first_error_->Set(status);
  }
  blocks_written_.fetch_add(1, std::memory_order_relaxed);
  event_bytes_.fetch_add(block.bytes(), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  head_ = head;
  return Status::Ok();
}

Result<std::string> RocksLogStore::ReadEvent(std::uint64_t sequence) const {
  if (sequence == 0 || sequence > head().sequence) {
    return Status::NotFound("no event " + std::to_string(sequence));
  }
  return EventAt(sequence);
}

Result<std::string> RocksLogStore::EventAt(std::uint64_t sequence) const {
  const LogCursor::Range range{sequence, sequence};
  LogCursor cursor(*db_, family(LogFamily::kBlocks), range, LogCursor::Purpose::kPoint);
  std::uint64_t first = 0;
  std::string_view segment;
  if (!cursor.Next(first, segment)) {
    LUMBUNG_CHECK(!cursor.status().ok());
    return cursor.status();
  }
  Result<SegmentReader> reader = SegmentReader::Open(segment);
  if (!reader.ok()) {
    return reader.status();
  }
  std::string_view event;
  for (std::uint64_t at = first; at <= sequence; ++at) {
    LUMBUNG_CHECK(reader->Next(event));
  }
  return std::string(event);
}

std::unique_ptr<LogStore::Cursor> RocksLogStore::Read(std::uint64_t sequence) const {
  // The head is taken first: the cursor's snapshot then holds at least that much.
  const LogCursor::Range range{sequence, head().sequence};
  return std::make_unique<LogCursor>(*db_, family(LogFamily::kBlocks), range,
                                     LogCursor::Purpose::kScan);
}

Result<std::string> RocksLogStore::ReadTile(std::uint8_t level, std::uint64_t index) const {
  const TileKey key = MakeTileKey(level, index);
  const std::string name = "tile " + std::to_string(level) + "/" + std::to_string(index);
  std::string hashes;
  const rocksdb::Status status =
      db_->Get(PointRead(), family(LogFamily::kTree), AsSlice(key), &hashes);
  if (!status.ok()) {
    return FromRocks(status, name);
  }
  if (hashes.size() != kTileBytes) {
    return Status::Corruption(name + " has " + std::to_string(hashes.size()) + " bytes");
  }
  return hashes;
}

Status RocksLogStore::PutMeta(std::string_view key, std::string_view value) {
  LUMBUNG_RETURN_IF_ERROR(CheckOpen());
  rocksdb::WriteBatch batch;
  batch.Put(family(LogFamily::kMeta), rocksdb::Slice(key), rocksdb::Slice(value));
  return Write(batch);
}

Result<std::string> RocksLogStore::GetMeta(std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      db_->Get(PointRead(), family(LogFamily::kMeta), rocksdb::Slice(key), &value);
  if (!status.ok()) {
    return FromRocks(status, "meta " + std::string(key));
  }
  return value;
}

Status RocksLogStore::VerifyFiles() const {
  return FromRocks(db_->VerifyFileChecksums(PointRead()), log_dir_);
}

Status RocksLogStore::Backup(const std::string& dir) {
  // HEAD first: what is copied after it holds at least that much.
  const Head copied = head();
  rocksdb::Checkpoint* made = nullptr;
  const rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (!status.ok()) {
    return FromRocks(status, log_dir_);
  }
  const std::string copy = dir + "/log";
  LUMBUNG_RETURN_IF_ERROR(FromRocks(checkpoint->CreateCheckpoint(copy), copy));
  return HeadFile::Create(dir + "/HEAD", copied);
}

LogStoreStats RocksLogStore::Stats() const {
  LogStoreStats stats;
  stats.blocks_written = blocks_written_.load(std::memory_order_relaxed);
  stats.event_bytes = event_bytes_.load(std::memory_order_relaxed);
  stats.bytes_written = statistics_->getTickerCount(rocksdb::WAL_FILE_BYTES) +
                        statistics_->getTickerCount(rocksdb::FLUSH_WRITE_BYTES) +
                        statistics_->getTickerCount(rocksdb::COMPACT_WRITE_BYTES);
  stats.fsyncs = statistics_->getTickerCount(rocksdb::WAL_FILE_SYNCED);
  stats.fsync_nanos = fsync_nanos_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < fsyncs_by_time_.size(); ++i) {
    stats.fsyncs_by_time[i] = fsyncs_by_time_[i].load(std::memory_order_relaxed);
  }
  std::error_code error;
  for (std::filesystem::directory_iterator file(log_dir_, error), end; file != end && !error;
       file.increment(error)) {
    // A file that is just being deleted counts nothing.
    std::error_code gone;
    const std::uintmax_t size = file->file_size(gone);
    stats.bytes_on_disk += gone ? 0 : size;
  }
  return stats;
}

Status RocksLogStore::Close() {
  LUMBUNG_CHECK(db_ != nullptr);
  rocksdb::Status status;
  // After an error the memtables stay as they are: the WAL has what is durable.
  if (!read_only_ && first_error_->Get().ok()) {
    status = db_->Flush(rocksdb::FlushOptions(), families_);
  }
  CloseDatabase();
  head_file_.reset();
  return FromRocks(status, "closing " + log_dir_);
}

}  // namespace lumbung
