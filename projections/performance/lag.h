// How long after they occurred transactions were recorded: counted by length, in steps of a quarter
// of a doubling.
#pragma once

#include <cstdint>

#include "projections/performance/counts.h"

namespace lumbung::performance {

// What a quantile is off by at most, of itself.
inline constexpr double kLagError = 0.0905;

// The step of a length in microseconds; what is below a millisecond counts as one. Persisted: which
// lengths a step stands for must not change.
Counts::Key LagStep(std::int64_t micros);
// A length in the middle of a step, in microseconds.
std::int64_t LagOfStep(Counts::Key step);
// The length that so many per ten thousand do not exceed; 0 where there are none.
std::int64_t LagQuantile(const Counts& steps, std::int64_t per_ten_thousand);

}  // namespace lumbung::performance
