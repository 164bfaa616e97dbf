#include "engine/store/derived_options.h"

#include <rocksdb/statistics.h>
#include <rocksdb/table.h>

#include "engine/store/file_checksum.h"

namespace lumbung {
namespace {

void SetDatabase(rocksdb::DBOptions& db, rocksdb::Env* env) {
  db.env = env;
  db.max_background_jobs = 2;
  // A disk that failed once has an operator look at it.
  db.max_bgerror_resume_count = 0;
  db.paranoid_checks = true;
  db.verify_sst_unique_id_in_manifest = true;
  // Over whole files, so that VerifyFiles finds a flipped bit anywhere.
  db.file_checksum_gen_factory = FileChecksumFactory();
  // Tables are opened when they are first read, so a big store opens as fast as a small one.
  db.max_open_files = 512;
  db.skip_stats_update_on_db_open = true;
  // Written out as it grows, or the fsync at a file's end makes the log's wait.
  db.bytes_per_sync = std::uint64_t{1} << 20;
  // Deleting a file of a merge must not hold up a look-up that is done with it.
  db.avoid_unnecessary_blocking_io = true;
  db.max_manifest_file_size = std::uint64_t{16} << 20;
  db.statistics = rocksdb::CreateDBStatistics();
  db.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
}

// Pieces are ingested one above the other and merged by us (id_merge.h): RocksDB has nothing to
// compact. A page is a block of its own.
void SetIds(rocksdb::ColumnFamilyOptions& family, rocksdb::BlockBasedTableOptions& table) {
  family.disable_auto_compactions = true;
  table.block_size = 512;
  table.index_block_restart_interval = 16;
}

// Rows are read only in order and all at once, so many runs do little harm, and writing a hot row
// again and again should cost little.
void SetState(rocksdb::ColumnFamilyOptions& family, rocksdb::BlockBasedTableOptions& table) {
  family.compaction_style = rocksdb::kCompactionStyleUniversal;
  family.compaction_options_universal.size_ratio = 20;
  family.compaction_options_universal.min_merge_width = 4;
  family.compaction_options_universal.max_size_amplification_percent = 200;
  family.level0_file_num_compaction_trigger = 8;
  family.level0_slowdown_writes_trigger = 64;
  family.level0_stop_writes_trigger = 128;
  table.block_size = std::size_t{32} << 10;
}

}  // namespace

rocksdb::Options DerivedOptions(DerivedFamily family, rocksdb::Env* env,
                                const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::Options options;
  SetDatabase(options, env);
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = std::size_t{64} << 10;  // nothing is ever put
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_cache = cache;
  switch (family) {
    case DerivedFamily::kDefault:
    case DerivedFamily::kMeta:
      break;
    case DerivedFamily::kIds:
      SetIds(options, table);
      break;
    case DerivedFamily::kState:
      SetState(options, table);
      break;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace lumbung
