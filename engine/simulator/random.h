// Random numbers that are the same on every machine: SplitMix64.
#pragma once

#include <cstdint>

#include "engine/base/check.h"

namespace lumbung {

class Random {
 public:
  // Streams of one seed are independent of each other.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(seed) {
    state_ = Next() + stream;
    state_ = Next();
  }

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  // REQUIRES: 0 <= lowest <= highest. Off from uniform by less than highest / 2^64.
  std::int64_t Between(std::int64_t lowest, std::int64_t highest) {
    LUMBUNG_CHECK(lowest >= 0);
    LUMBUNG_CHECK(lowest <= highest);
    const auto span = static_cast<std::uint64_t>(highest - lowest) + 1;
    return lowest + static_cast<std::int64_t>(Next() % span);
  }

 private:
  std::uint64_t state_;
};

}  // namespace lumbung
