#include "engine/base/thread_name.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace lumbung {

// Only that, of what prctl does, can't fail.
void NameThread(const char* name) { static_cast<void>(prctl(PR_SET_NAME, name)); }

void LowerThreadPriority() {
  constexpr int kNice = 5;
  // On Linux a thread's own. Where it is refused, all stay equal.
  static_cast<void>(setpriority(PRIO_PROCESS, 0, kNice));
}

}  // namespace lumbung
