#include "engine/store/log_options.h"

#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>

#include "engine/store/file_checksum.h"
#include "engine/store/log_keys.h"

namespace lumbung {
namespace {

// Swallows RocksDB's own log: who only reads leaves no file behind.
class NoLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

void SetFaultHandling(rocksdb::DBOptions& db) {
  // A tail that was cut off in the middle of a write was never acknowledged; anything else in the
  // WAL that can't be read stops the opening.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A recycled file's old records look like damage, or damage like old records.
  db.recycle_log_file_num = 0;
  // Before a log serves what it recovered, that is on disk in a table of its own.
  db.avoid_flush_during_recovery = false;
  // A disk that failed once has an operator look at it.
  db.max_bgerror_resume_count = 0;
  db.paranoid_checks = true;
  // Notices WAL files that are gone or cut, and tables that were swapped.
  db.track_and_verify_wals_in_manifest = true;
  db.verify_sst_unique_id_in_manifest = true;
  // Over whole files, so that VerifyFiles finds a flipped bit anywhere.
  db.file_checksum_gen_factory = FileChecksumFactory();
}

void SetOpeningCost(rocksdb::DBOptions& db) {
  // Not -1: tables are opened when they are first read, so a big log opens as fast as a small one.
  db.max_open_files = 512;
  db.skip_stats_update_on_db_open = true;
}

void SetReporting(rocksdb::DBOptions& db, bool read_only) {
  db.statistics = rocksdb::CreateDBStatistics();
  db.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 4;
  if (read_only) {
    db.info_log = std::make_shared<NoLogger>();
  }
}

// Keys ascend for ever, so tables never overlap and compaction only moves them: what is written is
// the WAL and one table, nothing else.
rocksdb::ColumnFamilyOptions BlocksOptions(const LogStoreOptions& options) {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = options.write_buffer_bytes;
  family.max_write_buffer_number = 4;
  family.compression = rocksdb::kNoCompression;
  // Tables waiting to be moved cost nothing: don't slow writers down for them.
  family.level0_slowdown_writes_trigger = 64;
  family.level0_stop_writes_trigger = 128;

  rocksdb::BlockBasedTableOptions table;
  // A segment a data block.
  table.block_size = kSegmentTargetBytes;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_cache = rocksdb::NewLRUCache(std::size_t{16} << 20);
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

rocksdb::ColumnFamilyOptions SmallOptions(std::size_t write_buffer_bytes) {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = write_buffer_bytes;
  family.compression = rocksdb::kNoCompression;
  return family;
}

}  // namespace

rocksdb::DBOptions LogDatabaseOptions(const LogStoreOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = false;
  // One thread for flushes, one for compactions.
  db.max_background_jobs = 2;
  db.allow_concurrent_memtable_write = false;
  // Bounds what is read again after a crash: a family that is seldom written is flushed when the
  // WAL behind it gets long.
  db.max_total_wal_size = 2 * options.write_buffer_bytes;
  // Writes tables out as they grow, or a flush's fsync makes the next block's wait.
  db.bytes_per_sync = std::uint64_t{1} << 20;
  SetFaultHandling(db);
  SetOpeningCost(db);
  SetReporting(db, options.read_only);
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> LogFamilies(const LogStoreOptions& options) {
  const rocksdb::ColumnFamilyOptions family_options[] = {
      SmallOptions(std::size_t{1} << 20),
      BlocksOptions(options),
      SmallOptions(std::size_t{4} << 20),
      SmallOptions(std::size_t{1} << 20),
  };
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kLogFamilyNames.size(); ++i) {
    families.emplace_back(kLogFamilyNames[i], family_options[i]);
  }
  return families;
}

}  // namespace lumbung
