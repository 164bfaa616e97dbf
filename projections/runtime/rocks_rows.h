// Reading rows out of a RocksDB.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "projections/runtime/rows.h"

namespace lumbung {

// As `snapshot` saw them; null: as they are. The database and the snapshot must outlive it.
class RocksRows {
 public:
  RocksRows(rocksdb::DB& db, const rocksdb::Snapshot* snapshot) : db_(db), snapshot_(snapshot) {}

  Result<bool> Get(std::string_view key, std::string& value) const;
  Status GetAll(std::span<const std::string> keys,
                std::vector<std::optional<std::string>>& values) const;
  std::unique_ptr<RowCursor> Walk(std::string_view prefix) const;

 private:
  rocksdb::ReadOptions Options() const;

  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace lumbung
