// The projections that there are, by name.
#pragma once

#include <string>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/host.h"

namespace lumbung {

// All of them, in the order in which they are shown.
const std::vector<std::string>& ProjectionNames();
// How to make those named, in that order. InvalidArgument where one is unknown or named twice.
Result<std::vector<ProjectionFactory>> ProjectionsNamed(const std::vector<std::string>& names);

}  // namespace lumbung
