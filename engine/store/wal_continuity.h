// Watches the WAL being replayed, so that blocks missing between its files are noticed: RocksDB
// itself goes on with the next file.
#pragma once

#include <cstdint>
#include <string>

#include <rocksdb/wal_filter.h>

namespace lumbung {

// Used by the one thread that opens the database.
class WalContinuity : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "LumbungWalContinuity"; }
  WalProcessingOption LogRecordFound(unsigned long long log_number, const std::string& log_file,
                                     const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch, bool* batch_changed) override;

  // First sequence that was replayed; 0 if none was.
  std::uint64_t first_sequence() const { return first_; }
  // What was found amiss; empty if nothing.
  const std::string& problem() const { return problem_; }

 private:
  std::uint64_t first_ = 0;
  std::uint64_t next_ = 0;
  std::string problem_;
};

}  // namespace lumbung
