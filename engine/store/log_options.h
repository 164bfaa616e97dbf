// How RocksDB is set for the log. Each setting that keeps a promise says which.
#pragma once

#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "engine/store/log_store.h"

namespace lumbung {

// `env` must outlive the database.
rocksdb::DBOptions LogDatabaseOptions(const LogStoreOptions& options, rocksdb::Env* env);

// In the order of LogFamily.
std::vector<rocksdb::ColumnFamilyDescriptor> LogFamilies(const LogStoreOptions& options);

}  // namespace lumbung
