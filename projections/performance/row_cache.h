// Values of rows that a projection writes again and again, so that they need not be read each time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// Holds what was used last, in about so many bytes. One thread at a time.
class RowCache {
 public:
  using Value = std::optional<std::string>;

  explicit RowCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // The rows' values, nothing where there is none; read where they are not here. Who changes a row
  // changes its value here. Good until Trim. REQUIRES: keys ascend
  Status Load(const RowReader& rows, std::span<const std::string> keys,
              std::vector<Value*>& values);
  // Forgets what was not used lately, where there is too much.
  void Trim();

 private:
  using Values = std::unordered_map<std::string, Value>;

  Value* Find(const std::string& key);
  Value* Keep(const std::string& key, Value value);

  const std::size_t most_bytes_;
  // Used since the last Trim that forgot something, and before it.
  Values used_;
  Values before_;
};

}  // namespace lumbung::performance
