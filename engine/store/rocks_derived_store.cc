#include "engine/store/rocks_derived_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include <rocksdb/convenience.h>
#include <rocksdb/file_system.h>
#include <rocksdb/statistics.h>

#include "engine/base/check.h"
#include "engine/store/id_merge.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

// Filters take all of the memory but this part: pages are not cached, and the index of the pages,
// which RocksDB holds beside the cache, takes about 1/25 of the filters.
constexpr std::size_t kCacheShare = 16;

}  // namespace

RocksDerivedStore::RocksDerivedStore(std::string folder, const DerivedStoreOptions& options)
    : folder_(std::move(folder)),
      options_(options),
      file_system_(std::make_shared<DeferredDeletion>(
          options.file_system != nullptr ? options.file_system : rocksdb::FileSystem::Default())),
      env_(rocksdb::NewCompositeEnv(file_system_)),
      cache_(rocksdb::NewLRUCache(options.cache_bytes / kCacheShare)) {
  file_system_->Release();
}

RocksDerivedStore::~RocksDerivedStore() {
  // Who wants to know closes it himself; what was installed is durable anyway.
  static_cast<void>(Close());
}

rocksdb::Options RocksDerivedStore::OptionsOf(DerivedFamily family) const {
  return DerivedOptions(family, env_.get(), cache_);
}

rocksdb::ColumnFamilyHandle* RocksDerivedStore::Family(DerivedFamily family) const {
  return families_[static_cast<std::size_t>(family)];
}

Status RocksDerivedStore::OpenFiles(bool exists) {
  if (exists || !options_.read_only) {
    LUMBUNG_RETURN_IF_ERROR(OpenDatabase(exists));
    LUMBUNG_RETURN_IF_ERROR(ReadManifest());
    index_ = std::make_unique<IdIndex>(db_.get(), Family(DerivedFamily::kIds), manifest_.seed,
                                       options_.cache_bytes - options_.cache_bytes / kCacheShare);
    index_->Publish(manifest_.runs);
  }
  if (!options_.read_only) {
    LUMBUNG_RETURN_IF_ERROR(EmptyIncoming());
    LUMBUNG_RETURN_IF_ERROR(CheckPieces());
    ingest_.options = OptionsOf(DerivedFamily::kIds);
    ingest_.ids = Family(DerivedFamily::kIds);
    ingest_.folder = folder_ + "/incoming";
    ingest_.seed = manifest_.seed;
    ingest_.next_piece = manifest_.next_piece;
    merger_ = std::thread([this] { MergeLoop(); });
  }
  return Status::Ok();
}

Status RocksDerivedStore::OpenDatabase(bool exists) {
  rocksdb::DBOptions options = OptionsOf(DerivedFamily::kDefault);
  options.create_if_missing = !exists;
  // Also where there is one: its making may have been interrupted.
  options.create_missing_column_families = true;
  // RocksDB 7.8 asserts against purging in the background where it only reads.
  options.avoid_unnecessary_blocking_io &= !options_.read_only;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kDerivedFamilyNames.size(); ++i) {
    families.emplace_back(kDerivedFamilyNames[i], OptionsOf(static_cast<DerivedFamily>(i)));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options_.read_only ? rocksdb::DB::OpenForReadOnly(options, folder_, families, &families_, &db)
                         : rocksdb::DB::Open(options, folder_, families, &families_, &db);
  db_.reset(db);
  return FromRocks(status, "open the derived store");
}

Status RocksDerivedStore::EmptyIncoming() {
  const std::string incoming = folder_ + "/incoming";
  LUMBUNG_RETURN_IF_ERROR(FromRocks(env_->CreateDirIfMissing(incoming), "make " + incoming));
  std::vector<std::string> names;
  LUMBUNG_RETURN_IF_ERROR(FromRocks(env_->GetChildren(incoming, &names), "read " + incoming));
  for (const std::string& name : names) {
    if (name != "." && name != "..") {
      LUMBUNG_RETURN_IF_ERROR(
          FromRocks(env_->DeleteFile(incoming + "/" + name), "delete what was left in incoming"));
    }
  }
  return Status::Ok();
}

Status RocksDerivedStore::ReadManifest() {
  std::string bytes;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), Family(DerivedFamily::kMeta),
                                          rocksdb::Slice(kManifestKey), &bytes);
  if (status.IsNotFound()) {
    rocksdb::ColumnFamilyMetaData ids;
    db_->GetColumnFamilyMetaData(Family(DerivedFamily::kIds), &ids);
    if (ids.file_count != 0) {
      return Status::Corruption("the derived store has ids but no manifest");
    }
    manifest_.seed = RandomIdSeed();
    return Status::Ok();
  }
  LUMBUNG_RETURN_IF_ERROR(FromRocks(status, "read the manifest of the derived store"));
  Result<DerivedManifest> manifest = ParseManifest(bytes);
  LUMBUNG_RETURN_IF_ERROR(manifest.status());
  manifest_ = std::move(*manifest);
  return Status::Ok();
}

Status RocksDerivedStore::CheckPieces() {
  std::set<std::uint32_t> on_disk;
  rocksdb::ColumnFamilyMetaData files;
  db_->GetColumnFamilyMetaData(Family(DerivedFamily::kIds), &files);
  for (const rocksdb::LevelMetaData& level : files.levels) {
    for (const rocksdb::SstFileMetaData& file : level.files) {
      on_disk.insert(PieceOfKey(file.smallestkey));
    }
  }
  for (const RunInfo& run : manifest_.runs) {
    for (const PieceInfo& piece : run) {
      if (on_disk.erase(piece.number) == 0) {
        return Status::Corruption("the derived store lacks piece " + std::to_string(piece.number) +
                                  " of its ids");
      }
    }
  }
  return DeletePieces({on_disk.begin(), on_disk.end()});
}

Status RocksDerivedStore::DeletePieces(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> keys;
  for (const std::uint32_t number : numbers) {
    keys.push_back(PieceKey(number));
    keys.push_back(PieceKey(number + 1));
  }
  const std::vector<rocksdb::Slice> bounds(keys.begin(), keys.end());
  std::vector<rocksdb::RangePtr> ranges;
  for (std::size_t i = 0; i < bounds.size(); i += 2) {
    ranges.emplace_back(&bounds[i], &bounds[i + 1]);
  }
  return FromRocks(rocksdb::DeleteFilesInRanges(db_.get(), Family(DerivedFamily::kIds),
                                                ranges.data(), ranges.size(), false),
                   "delete merged ids");
}

Head RocksDerivedStore::marker() const {
  const std::lock_guard lock(mutex_);
  return manifest_.marker;
}

Status RocksDerivedStore::FindIds(std::span<const IdKey> keys,
                                  std::span<std::uint64_t> sequences) const {
  if (index_ == nullptr) {
    std::fill(sequences.begin(), sequences.end(), 0);
    return Status::Ok();
  }
  return index_->Find(keys, sequences);
}

Status RocksDerivedStore::ForEachRow(
    const std::function<Status(std::string_view key, std::string_view value)>& visit) const {
  if (db_ == nullptr) {
    return Status::Ok();
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const std::unique_ptr<rocksdb::Iterator> row(
      db_->NewIterator(options, Family(DerivedFamily::kState)));
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    LUMBUNG_RETURN_IF_ERROR(visit(AsView(row->key()), AsView(row->value())));
  }
  return FromRocks(row->status(), "read rows of the state");
}

Status RocksDerivedStore::WaitForMerges() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !failure_.ok() || (!HasWork() && !merging_); });
  return failure_;
}

Status RocksDerivedStore::VerifyFiles() const {
  return db_ == nullptr
             ? Status::Ok()
             : FromRocks(db_->VerifyFileChecksums(rocksdb::ReadOptions()), "the derived store");
}

std::uint64_t RocksDerivedStore::BytesOnDisk() const {
  std::uint64_t bytes = 0;
  if (db_ != nullptr) {
    db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &bytes);
  }
  return bytes;
}

std::uint64_t RocksDerivedStore::MemoryBytes() const {
  std::uint64_t readers = 0;
  if (db_ == nullptr) {
    return 0;
  }
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &readers);
  return index_->MemoryBytes() + cache_->GetUsage() + readers;
}

DerivedStoreStats RocksDerivedStore::Stats() const {
  DerivedStoreStats stats;
  stats.bytes_on_disk = BytesOnDisk();
  stats.bytes_installed = bytes_installed_.load();
  stats.bytes_merged = bytes_merged_.load();
  if (db_ != nullptr) {
    stats.bytes_compacted =
        db_->GetDBOptions().statistics->getTickerCount(rocksdb::COMPACT_WRITE_BYTES);
    stats.filter_bytes = index_->MemoryBytes();
  }
  const std::lock_guard lock(mutex_);
  stats.runs = manifest_.runs.size();
  for (const RunInfo& run : manifest_.runs) {
    stats.ids += CountIds(run);
    stats.pieces += run.size();
  }
  return stats;
}

Status RocksDerivedStore::Close() {
  if (merger_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    merger_.join();
  }
  if (db_ == nullptr) {
    return Status::Ok();
  }
  rocksdb::Status status;
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    const rocksdb::Status destroyed = db_->DestroyColumnFamilyHandle(family);
    status = status.ok() ? destroyed : status;
  }
  families_.clear();
  index_.reset();
  const rocksdb::Status closed = db_->Close();
  db_.reset();
  return FromRocks(status.ok() ? closed : status, "close the derived store");
}

}  // namespace lumbung
