// How a log is made and opened, and what is compared before it is served.
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/check.h"
#include "engine/chain/hash.h"
#include "engine/store/log_cursor.h"
#include "engine/store/log_options.h"
#include "engine/store/network_file_system.h"
#include "engine/store/recovery_mark.h"
#include "engine/store/rocks_log_store.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

constexpr const char* kWhatToDo = "; `lumbung recover` says what can be saved";

std::string Describe(const Head& head) {
  return "sequence " + std::to_string(head.sequence) + " (hash " + ToHex(head.hash) + ")";
}

bool Exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

// Damage, where RocksDB says so in any of its ways: a file that is missing is "not found", "path
// not found" or an invalid argument.
Status OpeningError(const rocksdb::Status& status, const WalContinuity& wal,
                    const std::string& log_dir) {
  if (!wal.problem().empty()) {
    return Status::Corruption(log_dir + ": events are missing in the WAL: " + wal.problem() +
                              kWhatToDo);
  }
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos &&
      status.ToString().find("LOCK") != std::string::npos) {
    return Status::Busy(log_dir + " is open in another process: " + status.ToString());
  }
  if (status.IsCorruption() || status.IsInvalidArgument() || status.IsNotFound() ||
      status.IsPathNotFound()) {
    return Status::Corruption(log_dir + " is damaged: " + status.ToString() + kWhatToDo);
  }
  return FromRocks(status, log_dir);
}

// The pieces that must be there before RocksDB is asked, which would make what is missing.
Result<HeadFile> FindPieces(const std::string& dir, const LogStoreOptions& options) {
  if (Exists(RecoveryMarkPath(dir)) &&
      (!options.finishing_recovery || Exists(RecoveryWorkPath(dir)))) {
    return Status::Refused(dir + ": a recovery was begun and not finished; run `lumbung recover` " +
                           "again");
  }
  const bool has_log = Exists(dir + "/log/CURRENT");
  Result<HeadFile> head_file = HeadFile::Open(dir + "/HEAD");
  if (!has_log && !Exists(dir + "/log") && head_file.status().kind() == Status::Kind::kNotFound) {
    return Status::NotFound(dir + " holds no log");
  }
  if (!has_log) {
    return Status::Corruption(dir + "/log is damaged: its file CURRENT is missing" + kWhatToDo);
  }
  if (head_file.ok() || head_file.status().kind() == Status::Kind::kIoError) {
    return head_file;
  }
  return Status::Corruption(
      "how far the log reached is not known: " + head_file.status().message() + kWhatToDo);
}

}  // namespace

Result<std::unique_ptr<LogStore>> LogStore::Create(const std::string& dir,
                                                   const LogStoreOptions& options) {
  LUMBUNG_CHECK(!options.read_only);
  LUMBUNG_RETURN_IF_ERROR(RefuseNetworkFileSystem(dir));
  if (Exists(dir + "/log") || Exists(dir + "/HEAD")) {
    return Status::InvalidArgument(dir + " holds a log already");
  }
  Result<std::unique_ptr<RocksLogStore>> store = RocksLogStore::OpenDatabase(dir, options, true);
  if (!store.ok()) {
    return store.status();
  }
  LUMBUNG_RETURN_IF_ERROR(HeadFile::Create(dir + "/HEAD", Head{}));
  Result<HeadFile> head_file = HeadFile::Open(dir + "/HEAD");
  if (!head_file.ok()) {
    return head_file.status();
  }
  LUMBUNG_RETURN_IF_ERROR((*store)->Adopt(std::move(*head_file)));
  return std::unique_ptr<LogStore>(std::move(*store));
}

Result<std::unique_ptr<LogStore>> LogStore::Open(const std::string& dir,
                                                 const LogStoreOptions& options) {
  Result<HeadFile> head_file = FindPieces(dir, options);
  if (!head_file.ok()) {
    return head_file.status();
  }
  LUMBUNG_RETURN_IF_ERROR(RefuseNetworkFileSystem(dir));
  Result<std::unique_ptr<RocksLogStore>> store = RocksLogStore::OpenDatabase(dir, options, false);
  if (!store.ok()) {
    return store.status();
  }
  LUMBUNG_RETURN_IF_ERROR((*store)->Adopt(std::move(*head_file)));
  return std::unique_ptr<LogStore>(std::move(*store));
}

Result<std::unique_ptr<RocksLogStore>> RocksLogStore::OpenDatabase(const std::string& dir,
                                                                   const LogStoreOptions& options,
                                                                   bool create) {
  std::unique_ptr<RocksLogStore> store(new RocksLogStore(dir, options));
  const std::shared_ptr<rocksdb::FileSystem> below =
      options.file_system != nullptr ? options.file_system : rocksdb::FileSystem::Default();
  store->file_system_ = std::make_shared<DeferredDeletion>(below);
  store->env_ = rocksdb::NewCompositeEnv(store->file_system_);

  rocksdb::DBOptions database = LogDatabaseOptions(options, store->env_.get());
  database.create_if_missing = create;
  database.create_missing_column_families = create;
  database.error_if_exists = create;
  database.wal_filter = &store->wal_;
  database.listeners.push_back(store->first_error_);
  store->statistics_ = database.statistics;

  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options.read_only ? rocksdb::DB::OpenForReadOnly(database, store->log_dir_,
                                                       LogFamilies(options), &store->families_, &db)
                        : rocksdb::DB::Open(database, store->log_dir_, LogFamilies(options),
                                            &store->families_, &db);
  store->db_.reset(db);
  if (!status.ok()) {
    return OpeningError(status, store->wal_, store->log_dir_);
  }
  for (std::size_t i = 0; i < kLogFamilyNames.size(); ++i) {
    // WAL records name families by number; another order is not one of our databases.
    if (store->families_[i]->GetID() != i) {
      return Status::Corruption(store->log_dir_ + " is damaged: its column families are not in " +
                                "the order of a log" + kWhatToDo);
    }
  }
  return store;
}

Status RocksLogStore::Adopt(HeadFile head_file) {
  LUMBUNG_RETURN_IF_ERROR(CheckContinuity());
  const Result<Head> end = FindEnd();
  if (!end.ok()) {
    return Status::Corruption(log_dir_ + " is damaged, its end can't be read (HEAD names " +
                              Describe(head_file.head()) + "): " + end.status().message() +
                              kWhatToDo);
  }
  LUMBUNG_RETURN_IF_ERROR(CheckAgainstHead(head_file.head(), *end));
  head_ = *end;
  if (read_only_) {
    return Status::Ok();
  }
  head_file_ = std::move(head_file);
  LUMBUNG_RETURN_IF_ERROR(head_file_->Advance(*end));
  file_system_->Release();
  return Status::Ok();
}

Status RocksLogStore::CheckContinuity() const {
  const std::uint64_t first = wal_.first_sequence();
  if (first <= 1) {
    return Status::Ok();
  }
  const LogCursor::Range range{first - 1, first};
  LogCursor cursor(*db_, family(LogFamily::kBlocks), range, LogCursor::Purpose::kPoint);
  std::uint64_t sequence = 0;
  std::string_view segment;
  if (!cursor.Next(sequence, segment) || !cursor.Next(sequence, segment)) {
    return Status::Corruption(log_dir_ + " is damaged: events are missing before " +
                              std::to_string(first) +
                              ", where the WAL begins: " + cursor.status().message() + kWhatToDo);
  }
  return Status::Ok();
}

Result<Head> RocksLogStore::FindEnd() const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  const std::unique_ptr<rocksdb::Iterator> last(
      db_->NewIterator(options, family(LogFamily::kBlocks)));
  last->SeekToLast();
  if (!last->Valid()) {
    return last->status().ok() ? Result<Head>(Head{}) : FromRocks(last->status(), "the last block");
  }
  if (last->key().size() != sizeof(SegmentKey)) {
    return Status::Corruption("a key that is not a sequence");
  }
  Result<SegmentReader> segment = SegmentReader::Open(AsView(last->value()));
  if (!segment.ok()) {
    return segment.status();
  }
  if (!segment->last_of_block()) {
    return Status::Corruption("the last block is not whole");
  }
  Head end;
  end.sequence = LoadBigEndian<std::uint64_t>(last->key().data()) + segment->count() - 1;
  std::string_view event;
  while (segment->Next(event)) {
  }
  end.hash = Hasher().Leaf(event);
  return end;
}

Status RocksLogStore::CheckAgainstHead(const Head& recorded, const Head& end) const {
  if (recorded.sequence > end.sequence) {
    return Status::Corruption(log_dir_ + " ends at " + Describe(end) + ", but " +
                              Describe(recorded) + " was on disk according to HEAD" + kWhatToDo);
  }
  if (recorded.sequence == 0) {
    return Status::Ok();
  }
  const Result<std::string> event = EventAt(recorded.sequence);
  if (!event.ok()) {
    return Status::Corruption(log_dir_ + " is damaged: the event that HEAD names: " +
                              event.status().message() + kWhatToDo);
  }
  if (const Hash hash = Hasher().Leaf(*event); hash != recorded.hash) {
    return Status::Corruption(log_dir_ + " holds " + Describe({recorded.sequence, hash}) +
                              ", but HEAD says " + Describe(recorded) +
                              ": they do not belong together" + kWhatToDo);
  }
  return Status::Ok();
}

}  // namespace lumbung
