// From RocksDB's words to ours.
#pragma once

#include <string>
#include <string_view>

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include "engine/base/status.h"

namespace lumbung {

// Status of the same kind, with `what` before RocksDB's message.
Status FromRocks(const rocksdb::Status& status, const std::string& what);

inline std::string_view AsView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// A key of fixed length as RocksDB takes it. The key must outlive it.
template <typename Key>
rocksdb::Slice AsSlice(const Key& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace lumbung
