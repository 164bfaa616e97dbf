#include "projections/performance/lag.h"

#include <algorithm>
#include <array>
#include <bit>

namespace lumbung::performance {
namespace {

constexpr std::int64_t kMicrosInMilli = 1'000;
// Where the quarters of a doubling begin, in 1/2^20 of its beginning: 2^(1/4), 2^(2/4), 2^(3/4).
constexpr std::array<std::uint64_t, 3> kQuarters = {1'246'974, 1'482'910, 1'763'488};
constexpr unsigned kFraction = 20;
// 2^(1/8), from a step's beginning to its middle.
constexpr std::uint64_t kToMiddle = 1'143'480;

}  // namespace

Counts::Key LagStep(std::int64_t micros) {
  const auto millis =
      static_cast<std::uint64_t>(std::max<std::int64_t>(micros / kMicrosInMilli, 1));
  const auto doubling = static_cast<unsigned>(std::bit_width(millis)) - 1;
  // Of its doubling, from 1 to 2; no length of time that events have is cut by the shift.
  const std::uint64_t ratio = (millis << kFraction) >> doubling;
  const auto quarter = std::count_if(kQuarters.begin(), kQuarters.end(),
                                     [&](std::uint64_t begin) { return ratio >= begin; });
  return static_cast<Counts::Key>(doubling * 4 + static_cast<unsigned>(quarter));
}

std::int64_t LagOfStep(Counts::Key step) {
  const unsigned quarter = step % 4;
  const std::uint64_t begin = quarter == 0 ? std::uint64_t{1} << kFraction : kQuarters[quarter - 1];
  const std::uint64_t middle = (begin * kToMiddle) >> kFraction;
  const std::uint64_t micros = (middle * kMicrosInMilli) << (step / 4);
  return static_cast<std::int64_t>(micros >> kFraction);
}

std::int64_t LagQuantile(const Counts& steps, std::int64_t per_ten_thousand) {
  constexpr std::int64_t kWhole = 10'000;
  const std::int64_t all = steps.total();
  std::int64_t through = 0;
  for (const auto& [step, count] : steps.entries()) {
    through += count;
    if (all > 0 && through * kWhole >= all * per_ten_thousand) {
      return LagOfStep(step);
    }
  }
  return 0;
}

}  // namespace lumbung::performance
