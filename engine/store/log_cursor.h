// Segments of a log in order. A cursor reads one moment's state of the database.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include "engine/store/log_store.h"

namespace lumbung {

class LogCursor : public LogStore::Cursor {
 public:
  // Sequences from the first to the last, both in the log.
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };
  // A scan reads ahead and keeps out of the cache.
  enum class Purpose { kPoint, kScan };

  LogCursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* blocks, const Range& range,
            Purpose purpose);

  bool Next(std::uint64_t& first_sequence, std::string_view& segment) override;
  const Status& status() const override { return status_; }

 private:
  bool Fail(const std::string& why);

  std::unique_ptr<rocksdb::Iterator> iterator_;
  const std::uint64_t last_;
  // What the next segment must hold, and, after the first one, begin with.
  std::uint64_t expected_;
  bool begun_ = false;
  Status status_;
};

}  // namespace lumbung
