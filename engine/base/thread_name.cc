#include "engine/base/thread_name.h"

#include <sys/prctl.h>

namespace lumbung {

// Only that, of what prctl does, can't fail.
void NameThread(const char* name) { static_cast<void>(prctl(PR_SET_NAME, name)); }

}  // namespace lumbung
