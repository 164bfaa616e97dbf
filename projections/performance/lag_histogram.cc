#include "projections/performance/lag_histogram.h"

#include <algorithm>
#include <array>
#include <bit>

namespace lumbung::performance {
namespace {

constexpr std::int64_t kMicrosInMilli = 1'000;
// Where the quarters of a doubling begin, in 1/2^20 of its beginning: 2^(1/4), 2^(2/4), 2^(3/4).
constexpr std::array<std::uint64_t, 3> kQuarters = {1'246'974, 1'482'910, 1'763'488};
constexpr unsigned kFraction = 20;
// 2^(1/8), from a bucket's beginning to its middle.
constexpr std::uint64_t kToMiddle = 1'143'480;

}  // namespace

LagHistogram::Bucket LagHistogram::BucketOf(std::int64_t micros) {
  const auto millis =
      static_cast<std::uint64_t>(std::max<std::int64_t>(micros / kMicrosInMilli, 1));
  const auto doubling = static_cast<unsigned>(std::bit_width(millis)) - 1;
  // Of its doubling, from 1 to 2; no length of time that events have is cut by the shift.
  const std::uint64_t ratio = (millis << kFraction) >> doubling;
  const auto quarter = std::count_if(kQuarters.begin(), kQuarters.end(),
                                     [&](std::uint64_t begin) { return ratio >= begin; });
  return static_cast<Bucket>(doubling * 4 + static_cast<unsigned>(quarter));
}

std::int64_t LagHistogram::MiddleOf(Bucket bucket) {
  const unsigned quarter = bucket % 4;
  const std::uint64_t begin = quarter == 0 ? std::uint64_t{1} << kFraction : kQuarters[quarter - 1];
  const std::uint64_t middle = (begin * kToMiddle) >> kFraction;
  const std::uint64_t micros = (middle * kMicrosInMilli) << (bucket / 4);
  return static_cast<std::int64_t>(micros >> kFraction);
}

void LagHistogram::Add(Bucket bucket, std::int64_t count) {
  const auto at =
      std::lower_bound(buckets_.begin(), buckets_.end(), bucket,
                       [](const auto& entry, Bucket sought) { return entry.first < sought; });
  if (at != buckets_.end() && at->first == bucket) {
    at->second += count;
  } else {
    buckets_.insert(at, {bucket, count});
  }
}

void LagHistogram::Add(const LagHistogram& other) {
  for (const auto& [bucket, count] : other.buckets_) {
    Add(bucket, count);
  }
}

std::int64_t LagHistogram::count() const {
  std::int64_t count = 0;
  for (const auto& entry : buckets_) {
    count += entry.second;
  }
  return count;
}

std::int64_t LagHistogram::Quantile(std::int64_t per_ten_thousand) const {
  constexpr std::int64_t kWhole = 10'000;
  const std::int64_t all = count();
  std::int64_t through = 0;
  for (const auto& [bucket, count] : buckets_) {
    through += count;
    if (all > 0 && through * kWhole >= all * per_ten_thousand) {
      return MiddleOf(bucket);
    }
  }
  return 0;
}

}  // namespace lumbung::performance
