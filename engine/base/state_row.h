// A row of the state as it is kept beside the log: opaque to what keeps it.
#pragma once

#include <string>

namespace lumbung {

struct StateRow {
  std::string key;
  std::string value;
  // It ceased to be; there is no value.
  bool deleted = false;
};

}  // namespace lumbung
