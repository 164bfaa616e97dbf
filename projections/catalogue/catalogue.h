// How to make the projections that there are, by name (names.h).
#pragma once

#include <string>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/host.h"

namespace lumbung {

// How to make those named, in that order. InvalidArgument where one is unknown or named twice.
Result<std::vector<ProjectionFactory>> ProjectionsNamed(const std::vector<std::string>& names);

}  // namespace lumbung
