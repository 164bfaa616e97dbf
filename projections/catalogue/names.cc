#include "projections/catalogue/names.h"

#include <algorithm>

namespace lumbung {

const std::vector<std::string>& ProjectionNames() {
  static const std::vector<std::string> kNames = {"balances", "performance", "audit"};
  return kNames;
}

Status CheckProjectionNames(const std::vector<std::string>& names) {
  const std::vector<std::string>& all = ProjectionNames();
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(all.begin(), all.end(), *name) == all.end()) {
      std::string known;
      for (const std::string& one : all) {
        known += (known.empty() ? "" : ", ") + one;
      }
      return Status::InvalidArgument("there is no projection " + *name + ", there are " + known);
    }
    if (std::find(names.begin(), name, *name) != name) {
      return Status::InvalidArgument("projection " + *name + " is named twice");
    }
  }
  return Status::Ok();
}

}  // namespace lumbung
