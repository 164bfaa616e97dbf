// How long after they occurred transactions were recorded: counts by length, in steps of a quarter
// of a doubling. They add up over outlets, regions and days.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace lumbung::performance {

// Persisted: which lengths a bucket stands for must not change.
class LagHistogram {
 public:
  using Bucket = std::uint16_t;

  // What a quantile is off by at most, of itself.
  static constexpr double kRelativeError = 0.0905;

  // The bucket of a length in microseconds; what is below a millisecond counts as one.
  static Bucket BucketOf(std::int64_t micros);
  // A length in the middle of a bucket, in microseconds.
  static std::int64_t MiddleOf(Bucket bucket);

  void Add(Bucket bucket, std::int64_t count);
  void Add(const LagHistogram& other);
  std::int64_t count() const;
  // The length that so many per ten thousand do not exceed; 0 where there are none.
  std::int64_t Quantile(std::int64_t per_ten_thousand) const;

  // Ascending by bucket; counts may be zero, and below zero in what is to be taken away.
  const std::vector<std::pair<Bucket, std::int64_t>>& buckets() const { return buckets_; }

 private:
  std::vector<std::pair<Bucket, std::int64_t>> buckets_;
};

}  // namespace lumbung::performance
