// ProjectionStore on RocksDB: one column family, so that what a memtable takes to disk is always
// the rows of whole batches, in their order.
#include <atomic>
#include <mutex>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/write_batch.h>

#include "engine/store/rocks_status.h"
#include "projections/runtime/rocks_options.h"
#include "projections/runtime/rocks_rows.h"
#include "projections/runtime/store.h"

namespace lumbung {
namespace {

constexpr std::string_view kIdentityKey{"\0i", 2};

std::string EncodeIdentity(const ProjectionIdentity& identity) {
  std::string bytes;
  AppendBigEndian(bytes, identity.version);
  AppendBigEndian(bytes, static_cast<std::uint8_t>(identity.name.size()));
  return bytes + identity.name + identity.rules;
}

Result<ProjectionIdentity> ParseIdentity(std::string_view bytes) {
  constexpr std::size_t kHeader = 5;
  if (bytes.size() < kHeader || bytes.size() - kHeader < static_cast<std::uint8_t>(bytes[4])) {
    return Status::Corruption("a projection's identity can't be read");
  }
  const std::size_t name_size = static_cast<std::uint8_t>(bytes[4]);
  ProjectionIdentity identity;
  identity.version = LoadBigEndian<std::uint32_t>(bytes.data());
  identity.name = bytes.substr(kHeader, name_size);
  identity.rules = bytes.substr(kHeader + name_size);
  return identity;
}

// The database with what it stands on: views keep it.
struct Database {
  explicit Database(const ProjectionStoreOptions& options)
      : file_system(options.file_system != nullptr ? options.file_system
                                                   : rocksdb::FileSystem::Default()),
        env(rocksdb::NewCompositeEnv(file_system)) {}

  std::shared_ptr<rocksdb::FileSystem> file_system;
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<rocksdb::DB> db;
};

class RocksView final : public View {
 public:
  RocksView(std::shared_ptr<Database> database, ProjectionIdentity identity, Positions positions)
      : database_(std::move(database)),
        identity_(std::move(identity)),
        positions_(std::move(positions)),
        snapshot_(database_->db->GetSnapshot()),
        rows_(*database_->db, snapshot_) {}
  ~RocksView() override { database_->db->ReleaseSnapshot(snapshot_); }

  Result<bool> Get(std::string_view key, std::string& value) const override {
    return rows_.Get(key, value);
  }
  Status GetAll(std::span<const std::string> keys,
                std::vector<std::optional<std::string>>& values) const override {
    return rows_.GetAll(keys, values);
  }
  std::unique_ptr<RowCursor> Walk(std::string_view prefix) const override {
    return rows_.Walk(prefix);
  }
  const ProjectionIdentity& identity() const override { return identity_; }
  const Positions& positions() const override { return positions_; }
  std::chrono::steady_clock::time_point committed_at() const override { return committed_at_; }

 private:
  const std::shared_ptr<Database> database_;
  const ProjectionIdentity identity_;
  const Positions positions_;
  const std::chrono::steady_clock::time_point committed_at_ = std::chrono::steady_clock::now();
  const rocksdb::Snapshot* const snapshot_;
  const RocksRows rows_;
};

class LatestRows final : public RowReader {
 public:
  explicit LatestRows(rocksdb::DB& db) : rows_(db, nullptr) {}

  Result<bool> Get(std::string_view key, std::string& value) const override {
    return rows_.Get(key, value);
  }
  Status GetAll(std::span<const std::string> keys,
                std::vector<std::optional<std::string>>& values) const override {
    return rows_.GetAll(keys, values);
  }
  std::unique_ptr<RowCursor> Walk(std::string_view prefix) const override {
    return rows_.Walk(prefix);
  }

 private:
  const RocksRows rows_;
};

class BatchWriter final : public RowWriter {
 public:
  explicit BatchWriter(rocksdb::WriteBatch& batch) : batch_(batch) {}

  void Put(std::string_view key, std::string_view value) override {
    LUMBUNG_CHECK(!key.empty() && key.front() != kRuntimeTag);
    Note(batch_.Put(rocksdb::Slice(key.data(), key.size()),
                    rocksdb::Slice(value.data(), value.size())));
    bytes_ += key.size() + value.size();
  }
  void Delete(std::string_view key) override {
    LUMBUNG_CHECK(!key.empty() && key.front() != kRuntimeTag);
    Note(batch_.Delete(rocksdb::Slice(key.data(), key.size())));
    bytes_ += key.size();
  }

  const rocksdb::Status& status() const { return status_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void Note(const rocksdb::Status& status) {
    if (!status.ok()) {
      status_ = status;
    }
  }

  rocksdb::WriteBatch& batch_;
  rocksdb::Status status_;
  std::uint64_t bytes_ = 0;
};

class RocksProjectionStore final : public ProjectionStore {
 public:
  RocksProjectionStore(std::shared_ptr<Database> database, ProjectionIdentity identity)
      : database_(std::move(database)), identity_(std::move(identity)), latest_(*database_->db) {}

  // REQUIRES: called once, before all else
  Status LoadPositions();
  // Makes the rows these of `identity_`, where there are none yet.
  Status Adopt();

  const RowReader& rows() const override { return latest_; }
  std::shared_ptr<const View> view() const override {
    const std::lock_guard lock(mutex_);
    return view_;
  }
  Status Commit(const std::function<Status(RowWriter&)>& fill, const Positions& positions) override;
  ProjectionStoreStats Stats() const override;
  Status Flush() override {
    LUMBUNG_RETURN_IF_ERROR(failure_);
    return FromRocks(database_->db->Flush(rocksdb::FlushOptions()), "write rows out");
  }

 private:
  static rocksdb::WriteOptions Unlogged() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return options;
  }
  void Publish(Positions positions) {
    auto view = std::make_shared<RocksView>(database_, identity_, std::move(positions));
    const std::lock_guard lock(mutex_);
    view_ = std::move(view);
  }

  // Constant after opening.
  const std::shared_ptr<Database> database_;
  const ProjectionIdentity identity_;
  const LatestRows latest_;

  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> rows_written_{0};
  std::atomic<std::uint64_t> row_bytes_{0};
  // Of the first commit that failed; used by who commits alone.
  Status failure_;
  rocksdb::WriteBatch batch_;

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  std::shared_ptr<const View> view_;
};

Status RocksProjectionStore::LoadPositions() {
  Positions positions;
  const std::unique_ptr<RowCursor> row = latest_.Walk(std::string{kRuntimeTag, 'p'});
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const Result<Position> position = ParsePosition(row->value());
    LUMBUNG_RETURN_IF_ERROR(position.status());
    if (row->key().size() != PositionKey(0).size()) {
      return Status::Corruption("a projection's position has a key that is none");
    }
    positions[LoadBigEndian<std::uint32_t>(row->key().data() + 2)] = *position;
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  Publish(std::move(positions));
  return Status::Ok();
}

Status RocksProjectionStore::Adopt() {
  return FromRocks(database_->db->Put(Unlogged(), rocksdb::Slice(kIdentityKey.data(), 2),
                                      EncodeIdentity(identity_)),
                   "write the identity of a projection");
}

Status RocksProjectionStore::Commit(const std::function<Status(RowWriter&)>& fill,
                                    const Positions& positions) {
  LUMBUNG_RETURN_IF_ERROR(failure_);
  batch_.Clear();
  BatchWriter writer(batch_);
  failure_ = fill(writer);
  LUMBUNG_RETURN_IF_ERROR(failure_);
  const auto rows = static_cast<std::uint64_t>(batch_.Count());
  rocksdb::Status status = writer.status();
  for (const auto& [shard, position] : positions) {
    if (status.ok()) {
      status = batch_.Put(PositionKey(shard), EncodePosition(position));
    }
  }
  if (status.ok()) {
    status = database_->db->Write(Unlogged(), &batch_);
  }
  failure_ = FromRocks(status, "write a batch of rows");
  LUMBUNG_RETURN_IF_ERROR(failure_);
  ++batches_;
  rows_written_ += rows;
  row_bytes_ += writer.bytes();
  Publish(positions);
  return Status::Ok();
}

ProjectionStoreStats RocksProjectionStore::Stats() const {
  ProjectionStoreStats stats;
  stats.batches = batches_.load();
  stats.rows_written = rows_written_.load();
  stats.row_bytes = row_bytes_.load();
  database_->db->GetIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &stats.bytes_on_disk);
  return stats;
}

// Without a folder or a database in it: NotFound.
Result<std::shared_ptr<Database>> OpenDatabase(const std::string& dir,
                                               const ProjectionStoreOptions& options, bool create) {
  auto database = std::make_shared<Database>(options);
  if (!create && !database->env->FileExists(dir + "/CURRENT").ok()) {
    return Status::NotFound("there is no projection in " + dir);
  }
  rocksdb::Options rocks = ProjectionOptions(options, database->env.get());
  rocks.create_if_missing = create;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = options.read_only ? rocksdb::DB::OpenForReadOnly(rocks, dir, &db)
                                                   : rocksdb::DB::Open(rocks, dir, &db);
  database->db.reset(db);
  LUMBUNG_RETURN_IF_ERROR(FromRocks(status, "open the projection in " + dir));
  return database;
}

Result<std::optional<ProjectionIdentity>> IdentityIn(rocksdb::DB& db) {
  std::string bytes;
  const rocksdb::Status status =
      db.Get(rocksdb::ReadOptions(), rocksdb::Slice(kIdentityKey.data(), 2), &bytes);
  if (status.IsNotFound()) {
    return std::optional<ProjectionIdentity>();
  }
  LUMBUNG_RETURN_IF_ERROR(FromRocks(status, "read the identity of a projection"));
  Result<ProjectionIdentity> identity = ParseIdentity(bytes);
  LUMBUNG_RETURN_IF_ERROR(identity.status());
  return std::optional<ProjectionIdentity>(std::move(*identity));
}

}  // namespace

Result<std::unique_ptr<ProjectionStore>> ProjectionStore::Open(
    const std::string& dir, const ProjectionIdentity& identity,
    const ProjectionStoreOptions& options) {
  Result<std::shared_ptr<Database>> database = OpenDatabase(dir, options, !options.read_only);
  LUMBUNG_RETURN_IF_ERROR(database.status());
  const Result<std::optional<ProjectionIdentity>> found = IdentityIn(*(*database)->db);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (found->has_value() && **found != identity) {
    return Status::Refused("the rows in " + dir + " are of " + (*found)->name + " version " +
                           std::to_string((*found)->version) + " (" + (*found)->rules +
                           "): they are to be built anew");
  }
  auto store = std::make_unique<RocksProjectionStore>(*database, identity);
  LUMBUNG_RETURN_IF_ERROR(store->LoadPositions());
  if (!found->has_value() && !options.read_only) {
    LUMBUNG_RETURN_IF_ERROR(store->Adopt());
  }
  return std::unique_ptr<ProjectionStore>(std::move(store));
}

Result<std::optional<ProjectionIdentity>> ProjectionStore::ReadIdentity(
    const std::string& dir, const ProjectionStoreOptions& options) {
  ProjectionStoreOptions reading = options;
  reading.read_only = true;
  Result<std::shared_ptr<Database>> database = OpenDatabase(dir, reading, false);
  if (database.status().kind() == Status::Kind::kNotFound) {
    return std::optional<ProjectionIdentity>();
  }
  LUMBUNG_RETURN_IF_ERROR(database.status());
  return IdentityIn(*(*database)->db);
}

}  // namespace lumbung
