#include "engine/commit/clock_guard.h"

#include <algorithm>
#include <cstdlib>

namespace lumbung {

ClockGuard::ClockGuard(Clock& clock, std::int64_t last)
    : clock_(&clock), last_(last), wall_(clock.WallMicros()), monotonic_(clock.MonotonicMicros()) {
  suspect_ = last != 0 && (wall_ < last - kMaxJump || wall_ > last + kMaxAhead);
}

std::int64_t ClockGuard::Read() {
  const std::int64_t wall = clock_->WallMicros();
  const std::int64_t monotonic = clock_->MonotonicMicros();
  if (std::abs((wall - wall_) - (monotonic - monotonic_)) > kMaxJump) {
    suspect_ = true;
  }
  wall_ = wall;
  monotonic_ = monotonic;
  if (!suspect_) {
    last_ = std::max(last_, wall);
  }
  return last_;
}

void ClockGuard::Confirm() {
  wall_ = clock_->WallMicros();
  monotonic_ = clock_->MonotonicMicros();
  suspect_ = false;
}

}  // namespace lumbung
