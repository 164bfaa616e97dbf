// The names of the projections that there are: for settings, which need not know the projections.
#pragma once

#include <string>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

// All of them, in the order in which they are shown.
const std::vector<std::string>& ProjectionNames();
// InvalidArgument where one is unknown or named twice.
Status CheckProjectionNames(const std::vector<std::string>& names);

}  // namespace lumbung
