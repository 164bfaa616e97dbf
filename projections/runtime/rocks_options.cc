#include "projections/runtime/rocks_options.h"

#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/table.h>

namespace lumbung {
namespace {

// Swallows RocksDB's own log: who only reads leaves no file behind.
class NoLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace

rocksdb::Options ProjectionOptions(const ProjectionStoreOptions& options, rocksdb::Env* env) {
  rocksdb::Options db;
  db.env = env;
  db.max_background_jobs = 2;
  db.paranoid_checks = true;
  // A disk that failed once has an operator look at it.
  db.max_bgerror_resume_count = 0;
  db.max_open_files = 512;
  db.skip_stats_update_on_db_open = true;
  db.bytes_per_sync = std::uint64_t{1} << 20;
  db.avoid_unnecessary_blocking_io = !options.read_only;
  db.allow_concurrent_memtable_write = false;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  if (options.read_only) {
    db.info_log = std::make_shared<NoLogger>();
  }
  db.write_buffer_size = options.write_buffer_bytes;
  db.max_write_buffer_number = 4;
  // The last row of an account is written again and again: few large merges cost less than many.
  db.compaction_style = rocksdb::kCompactionStyleUniversal;
  db.compaction_options_universal.max_size_amplification_percent = 200;
  db.level0_file_num_compaction_trigger = 4;
  db.level0_slowdown_writes_trigger = 20;
  db.level0_stop_writes_trigger = 40;
  db.compression = rocksdb::kNoCompression;

  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_size = std::size_t{8} << 10;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

}  // namespace lumbung
