#include "projections/performance/row_cache.h"

#include <utility>

namespace lumbung::performance {
namespace {

// What an entry takes beside its value, about: key, nodes, allocations.
constexpr std::size_t kEntryBytes = 160;
// Rows here are mostly about so long.
constexpr std::size_t kValueBytes = 240;

}  // namespace

RowCache::Value* RowCache::Find(const std::string& key) {
  const auto used = used_.find(key);
  if (used != used_.end()) {
    return &used->second;
  }
  const auto before = before_.find(key);
  if (before == before_.end()) {
    return nullptr;
  }
  return &used_.insert(before_.extract(before)).position->second;
}

RowCache::Value* RowCache::Keep(const std::string& key, Value value) {
  return &used_.emplace(key, std::move(value)).first->second;
}

Status RowCache::Load(const RowReader& rows, std::span<const std::string> keys,
                      std::vector<Value*>& values) {
  values.assign(keys.size(), nullptr);
  std::vector<std::string> missing;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    values[i] = Find(keys[i]);
    if (values[i] == nullptr) {
      missing.push_back(keys[i]);
      places.push_back(i);
    }
  }
  if (missing.empty()) {
    return Status::Ok();
  }
  std::vector<Value> read;
  LUMBUNG_RETURN_IF_ERROR(rows.GetAll(missing, read));
  for (std::size_t i = 0; i < missing.size(); ++i) {
    values[places[i]] = Keep(missing[i], std::move(read[i]));
  }
  return Status::Ok();
}

void RowCache::Trim() {
  if (used_.size() * (kEntryBytes + kValueBytes) > most_bytes_ / 2) {
    before_ = std::exchange(used_, {});
  }
}

}  // namespace lumbung::performance
