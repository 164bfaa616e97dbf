// Time, passed in so that tests can replace it.
#pragma once

#include <cstdint>

namespace lumbung {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01 UTC; may jump.
  virtual std::int64_t WallMicros() = 0;
  // Microseconds since some moment; never jumps.
  virtual std::int64_t MonotonicMicros() = 0;

  // The machine's clocks; lives as long as the process.
  static Clock& System();
};

}  // namespace lumbung
