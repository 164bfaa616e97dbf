// Files for ingestion: written and synced beside the store, then moved into it, several at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>

#include "engine/base/status.h"

namespace lumbung {

// A file with rows of one column family. It is deleted with this object; once it is ingested, it
// lives on in the store.
class IngestFile {
 public:
  // `family` and what `options` point to must outlive it.
  IngestFile(const rocksdb::Options& options, rocksdb::ColumnFamilyHandle* family,
             std::string path);
  IngestFile(const IngestFile&) = delete;
  IngestFile& operator=(const IngestFile&) = delete;
  ~IngestFile();

  // Keys ascend.
  Status Put(std::string_view key, std::string_view value);
  Status Delete(std::string_view key);
  // Synced when it returns; no Put after it.
  Status Finish();

  std::uint64_t size() const { return info_.file_size; }

 private:
  friend Status Ingest(rocksdb::DB* db, const std::vector<std::unique_ptr<IngestFile>>& files);

  Status OpenOnce();

  rocksdb::Env* const env_;
  rocksdb::ColumnFamilyHandle* const family_;
  const std::string path_;
  rocksdb::SstFileWriter writer_;
  bool open_ = false;
  rocksdb::ExternalSstFileInfo info_;
};

using IngestFiles = std::vector<std::unique_ptr<IngestFile>>;

// Moves all files into the database: all of their rows are in, durable, when it returns, or none.
// REQUIRES: they are finished
Status Ingest(rocksdb::DB* db, const IngestFiles& files);

}  // namespace lumbung
