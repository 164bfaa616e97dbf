// Rows of rare kinds as the batch in hand has them: read once, written when it ends.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "projections/runtime/rows.h"

namespace lumbung::audit {

// One thread at a time.
class RowOverlay {
 public:
  // As the batch in hand has it; nothing where there is none.
  Result<std::optional<std::string>> Get(const std::string& key, const RowReader& rows) {
    const auto found = values_.find(key);
    if (found != values_.end()) {
      return found->second.value;
    }
    std::string bytes;
    const Result<bool> there = rows.Get(key, bytes);
    LUMBUNG_RETURN_IF_ERROR(there.status());
    Value& value = values_[key];
    if (*there) {
      value.value = std::move(bytes);
    }
    return value.value;
  }
  void Put(const std::string& key, std::string bytes) { values_[key] = {std::move(bytes), true}; }
  void Delete(const std::string& key) { values_[key] = {std::nullopt, true}; }

  // Rows of the batch in hand before a key are gone.
  void DeleteBefore(const std::string& end) {
    for (auto value = values_.begin(); value != values_.end() && value->first < end; ++value) {
      value->second = {std::nullopt, true};
    }
  }

  // Writes what changed; then it is empty.
  void Finish(RowWriter& out) {
    for (const auto& [key, value] : values_) {
      if (!value.changed) {
        continue;
      }
      if (value.value) {
        out.Put(key, *value.value);
      } else {
        out.Delete(key);
      }
    }
    values_.clear();
  }

 private:
  struct Value {
    std::optional<std::string> value;
    bool changed = false;
  };

  std::map<std::string, Value> values_;
};

}  // namespace lumbung::audit
