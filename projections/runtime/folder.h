// The folders of projections: one that serves, one that is being built beside it, and the change
// from the one to the other.
//
//   BASE/NAME   BASE/NAME.building   BASE/NAME.old
//
// Nobody may have a folder open that is renamed or deleted.
#pragma once

#include <string>

#include "engine/base/status.h"

namespace lumbung {

std::string ProjectionFolder(const std::string& base, const std::string& name);
std::string BuildingFolder(const std::string& base, const std::string& name);

// Makes BASE where it is missing, and brings a change that was interrupted to its end.
Status PrepareProjectionFolder(const std::string& base, const std::string& name);
// Puts what was built in the place of what there is: NAME is the one or the other, whole, at any
// moment that a crash leaves behind and PrepareProjectionFolder has seen.
Status SwitchProjectionFolder(const std::string& base, const std::string& name);
// Deletes a folder with what is in it; OK where there is none.
Status DeleteProjectionFolder(const std::string& folder);

}  // namespace lumbung
