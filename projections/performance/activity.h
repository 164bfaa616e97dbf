// On which days a cooperative or an outlet was active, and how that is counted so that any window
// of up to 30 days can be asked for.
//
// Each active day is counted by its gap: how many days before the one was active last, 30 for more
// or never. Of a window, those are told apart that were active first in it: whose gap reaches back
// to before it. So nothing is counted twice, and counts add up and can be taken away.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "projections/performance/counts.h"
#include "projections/runtime/packing.h"

namespace lumbung::performance {

inline constexpr std::int32_t kMostGap = 30;

// Days are those since 1970, `until` is the one after the last.
struct DaySpan {
  std::int32_t from = 0;
  std::int32_t until = 0;

  bool operator==(const DaySpan&) const = default;
};

// The days that are in both; spans ascend and lie apart.
std::vector<DaySpan> Intersect(const std::vector<DaySpan>& a, const std::vector<DaySpan>& b);

class ActivityDays {
 public:
  // Days before the last that are remembered: what comes later than that is not counted as
  // activity.
  static constexpr std::int32_t kRemembered = 512;

  struct Change {
    std::int32_t day = 0;
    std::int32_t gap = 0;
    std::int64_t count = 0;
  };
  // Notes a day; what changes of the counts by gap, at most three, nothing where it was known.
  std::vector<Change> Note(std::int32_t day);

  bool empty() const { return days_.none(); }
  bool Has(std::int32_t day) const;
  // REQUIRES: Has(day)
  std::int32_t GapOf(std::int32_t day) const;
  // REQUIRES: !empty()
  std::int32_t last() const { return last_; }

  // From a day on, those on which the last active one was less than so many before.
  std::vector<DaySpan> Heard(std::int32_t window, std::int32_t from) const;

  void Pack(std::string& out) const;
  static ActivityDays Unpack(Unpacker& unpack);

 private:
  // The nearest active day on that side of a day, within kMostGap; nothing where there is none.
  std::optional<std::int32_t> Nearest(std::int32_t day, std::int32_t step) const;

  std::int32_t last_ = 0;
  // By how many days before the last.
  std::bitset<kRemembered> days_;
};

// How many of those whose gaps are counted on a day are active for the first time since `start`.
std::int64_t FirstSince(const Counts& gaps, std::int32_t day, std::int32_t start);

}  // namespace lumbung::performance
