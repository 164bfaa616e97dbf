// How RocksDB is set for projections.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include "projections/runtime/store.h"

namespace lumbung {

// `env` must outlive the database.
rocksdb::Options ProjectionOptions(const ProjectionStoreOptions& options, rocksdb::Env* env);

}  // namespace lumbung
