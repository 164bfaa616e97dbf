// Writes ids in key order into SST files that are then ingested: a file for each piece of a run.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/options.h>

#include "engine/base/status.h"
#include "engine/store/derived_format.h"
#include "engine/store/id_filter.h"
#include "engine/store/ingest_file.h"

namespace lumbung {

// What files for ingestion are made with. Constant once the store is open, but for `next_piece`.
struct IngestContext {
  rocksdb::Options options;  // of the column family ids
  rocksdb::ColumnFamilyHandle* ids = nullptr;
  std::string folder;  // for files that are not ingested yet; emptied at opening
  IdSeed seed{};
  std::atomic<std::uint32_t> next_piece{1};
};

// One run. One thread at a time.
class RunWriter {
 public:
  // For exactly so many ids, cut into pieces of equal size. The context must outlive it.
  RunWriter(IngestContext& context, std::uint64_t ids);

  // REQUIRES: larger than all before
  Status Add(const IdEntry& entry);

  // Below, REQUIRES: all ids were added. The files are synced.
  const RunInfo& run() const { return run_; }
  IngestFiles TakeFiles();

 private:
  void OpenPiece();
  Status WritePage();
  Status ClosePiece();

  IngestContext& context_;
  const std::uint64_t piece_ids_;
  const unsigned bits_per_id_;
  std::uint64_t left_;  // to come
  bool in_piece_ = false;
  RunInfo run_;
  IngestFiles files_;
  // Of the piece that is being written, to the last file.
  std::optional<IdFilter> filter_;
  std::string page_;
  std::vector<std::uint64_t> page_hashes_;
};

}  // namespace lumbung
