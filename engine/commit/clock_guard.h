// Whether the clock can be trusted to date events (DESIGN: a clock that jumps stops writes).
#pragma once

#include <cstdint>

#include "engine/base/clock.h"

namespace lumbung {

// One thread at a time.
class ClockGuard {
 public:
  static constexpr std::int64_t kMaxJump = std::int64_t{60} * 1'000'000;
  static constexpr std::int64_t kMaxAhead = std::int64_t{30} * 86'400 * 1'000'000;

  // `last` is the time of the last event, 0 where there is none: at opening the clock is suspect
  // when it is more than 60 s behind that, or more than 30 days ahead.
  ClockGuard(Clock& clock, std::int64_t last);

  // Reads the clock for a block: max(clock, last), never decreasing. Suspect from when it jumps
  // more than 60 s against the monotonic clock between two readings.
  std::int64_t Read();
  bool suspect() const { return suspect_; }
  // An operator says that the clock is right as it is.
  void Confirm();

 private:
  Clock* clock_;
  std::int64_t last_;
  std::int64_t wall_;
  std::int64_t monotonic_;
  bool suspect_ = false;
};

}  // namespace lumbung
