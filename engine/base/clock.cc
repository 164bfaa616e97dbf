#include "engine/base/clock.h"

#include <chrono>

namespace lumbung {
namespace {

template <typename C>
std::int64_t MicrosNow() {
  return std::chrono::duration_cast<std::chrono::microseconds>(C::now().time_since_epoch()).count();
}

class SystemClock final : public Clock {
 public:
  std::int64_t WallMicros() override { return MicrosNow<std::chrono::system_clock>(); }
  std::int64_t MonotonicMicros() override { return MicrosNow<std::chrono::steady_clock>(); }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock clock;
  return clock;
}

}  // namespace lumbung
