// Rows of one kind that the batch in hand changes, merged by key before any of them is read or
// written: a key that a batch meets a thousand times is read once and written once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/rows.h"

namespace lumbung {

// Change, default-constructed, changes nothing. It has
//   Status MergeInto(std::optional<std::string>& value) const;
// which applies it to a row's value as it was; nothing stands for no row, before and after.
// One thread at a time.
template <typename Change>
class MergedRows {
 public:
  // What the batch changes of the row so far.
  Change& At(std::string_view key) {
    const auto found = changes_.find(key);
    return found != changes_.end() ? found->second : changes_[std::string(key)];
  }
  // Null where the batch changes nothing of it.
  const Change* Find(std::string_view key) const {
    const auto found = changes_.find(key);
    return found == changes_.end() ? nullptr : &found->second;
  }
  std::size_t size() const { return changes_.size(); }

  // Reads the rows as they were, merges, writes, in key order; then it is empty.
  Status Finish(const RowReader& rows, RowWriter& out) {
    std::vector<std::string> keys;
    keys.reserve(changes_.size());
    for (const auto& [key, change] : changes_) {
      keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::optional<std::string>> values;
    LUMBUNG_RETURN_IF_ERROR(rows.GetAll(keys, values));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const bool was_there = values[i].has_value();
      LUMBUNG_RETURN_IF_ERROR(changes_.find(keys[i])->second.MergeInto(values[i]));
      if (values[i].has_value()) {
        out.Put(keys[i], *values[i]);
      } else if (was_there) {
        out.Delete(keys[i]);
      }
    }
    changes_.clear();
    return Status::Ok();
  }

 private:
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };

  std::unordered_map<std::string, Change, KeyHash, std::equal_to<>> changes_;
};

}  // namespace lumbung
