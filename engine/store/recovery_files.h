// Names of what a recovery puts into a shard's directory (recovery.h tells the story).
#pragma once

#include <string>

namespace lumbung {

// While this file is there, a recovery is not finished.
inline std::string RecoveryMarkPath(const std::string& dir) { return dir + "/RECOVERY"; }

}  // namespace lumbung
