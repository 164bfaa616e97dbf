// DerivedStore on RocksDB.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "engine/store/deferred_deletion.h"
#include "engine/store/derived_format.h"
#include "engine/store/derived_options.h"
#include "engine/store/derived_store.h"
#include "engine/store/id_index.h"
#include "engine/store/ingest_file.h"
#include "engine/store/run_writer.h"

namespace lumbung {

// The manifest is the only truth about which ids are there. Install and the merging thread both
// change it: write files, then under ingest_mutex_ ingest them with the new manifest, then publish
// it to readers.
class RocksDerivedStore final : public DerivedStore {
 public:
  RocksDerivedStore(std::string folder, const DerivedStoreOptions& options);
  ~RocksDerivedStore() override;

  // REQUIRES: called once, before all else
  Status OpenFiles(bool exists);

  Head marker() const override;
  Status FindIds(std::span<const IdKey> keys, std::span<std::uint64_t> sequences) const override;
  std::uint64_t generation() const override { return generation_.load(); }
  Status ForEachRow(const std::function<Status(std::string_view key, std::string_view value)>&
                        visit) const override;
  Status InstallFrom(const Head& marker, std::span<const IdEntry> ids,
                     const RowSource& rows) override;
  Status WaitForMerges() override;
  Status VerifyFiles() const override;
  std::uint64_t BytesOnDisk() const override;
  std::uint64_t MemoryBytes() const override;
  DerivedStoreStats Stats() const override;
  Status Close() override;

 private:
  using Change = std::function<void(DerivedManifest&)>;

  rocksdb::Options OptionsOf(DerivedFamily family) const;
  rocksdb::ColumnFamilyHandle* Family(DerivedFamily family) const;
  Status OpenDatabase(bool exists);
  Status EmptyIncoming();
  Status ReadManifest();
  // Deletes what a merge has left behind; Corruption if a piece lacks its file.
  Status CheckPieces();
  Status DeletePieces(const std::vector<std::uint32_t>& numbers);

  std::unique_ptr<IngestFile> NewFile(DerivedFamily family);
  // Up to two runs: ids that are larger than all others can follow them unmerged.
  Status WriteIds(std::span<const IdEntry> ids, std::vector<RunInfo>& runs, IngestFiles& files);
  Status WriteRows(const RowSource& rows, IngestFiles& files);
  // Ingests the files together with the manifest as `change` leaves it. An error is kept.
  Status Commit(IngestFiles files, const Change& change);
  Status Failed(const Status& status);

  void MergeLoop();
  Status Merge(const std::vector<RunInfo>& chosen);
  bool HasWork() const;

  // Constant after opening.
  const std::string folder_;
  const DerivedStoreOptions options_;
  const std::shared_ptr<DeferredDeletion> file_system_;
  const std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::unique_ptr<rocksdb::DB> db_;  // null: read-only and absent
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  IngestContext ingest_;
  std::unique_ptr<IdIndex> index_;

  std::mutex ingest_mutex_;  // held while the manifest is being changed; taken before mutex_

  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> bytes_installed_{0};
  std::atomic<std::uint64_t> bytes_merged_{0};
  std::atomic<std::uint64_t> files_made_{0};
  std::atomic<bool> stop_{false};

  mutable std::mutex mutex_;  // guards what is below
  std::condition_variable changed_;
  DerivedManifest manifest_;
  bool merging_ = false;
  Status failure_;      // of the first change that failed
  std::thread merger_;  // guarded by its owner's calls to OpenFiles and Close
};

}  // namespace lumbung
