// The file that says that a recovery is under way, and what it found (recovery.h tells the story).
#pragma once

#include <string>

#include "engine/base/status.h"
#include "engine/store/recovery.h"

namespace lumbung {

// While <dir>/RECOVERY is there, a recovery is not finished.
inline std::string RecoveryMarkPath(const std::string& dir) { return dir + "/RECOVERY"; }
// Where the new log is made; gone when it has taken the old one's place.
inline std::string RecoveryWorkPath(const std::string& dir) { return dir + "/recovering"; }

Status WriteRecoveryMark(const std::string& dir, const RecoveryReport& report);
// NotFound if there is no mark.
Result<RecoveryReport> ReadRecoveryMark(const std::string& dir);

}  // namespace lumbung
