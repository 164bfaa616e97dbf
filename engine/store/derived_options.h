// How RocksDB is set for the derived store.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

namespace lumbung {

// Position of a column family among the handles.
enum class DerivedFamily : std::size_t { kDefault, kMeta, kIds, kState };

// RocksDB insists on the first; nothing is in it.
inline constexpr std::array<const char*, 4> kDerivedFamilyNames = {"default", "meta", "ids",
                                                                   "state"};

// Of the whole store and one of its families. `env` must outlive the database.
rocksdb::Options DerivedOptions(DerivedFamily family, rocksdb::Env* env,
                                const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace lumbung
