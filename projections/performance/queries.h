// Questions about national performance, answered out of the rows of a view; figures.h says what is
// told. Thread-safe: they share nothing.
//
// Days are business days, given as YYYYMMDD. Every question fails with InvalidArgument where one is
// none, or they are more than ten years; with NotFound for a cooperative that is not registered;
// otherwise only where rows can't be read. A region or village without cooperatives has figures
// too: zeros.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "projections/performance/figures.h"
#include "projections/regions/regions.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

struct Ranked {
  Subject subject;
  // Of a region; empty for a cooperative, and where the list has no such code.
  std::string name;
  // Whether the list has the code: of the region or village, or of the cooperative's village.
  bool is_listed = true;
  // Nothing for a share of nothing.
  std::optional<Int128> value;
};

struct HourFigures {
  // kNoHour: of transactions that say no time.
  std::uint8_t hour = 0;
  Flow flow;
  std::vector<ChannelFigures> channels;
};

struct Comparison {
  Date day = 0;
  Int128 value = 0;
  // The same weekday of the weeks before, the latest first.
  std::vector<Int128> before;
  // Of those, rounded down to zero.
  Int128 average = 0;
  // What the day is above the average, in parts of a million; nothing where that is zero or less.
  std::optional<std::int64_t> change_ppm;
};

// How old what is known is. Times are microseconds since 1970 UTC; 0 where there is nothing.
struct Freshness {
  // The newest.
  std::int64_t recorded_at = 0;
  std::int64_t occurred_at = 0;
  Date business_date = 0;
  // Of a region: its cooperatives by when the last transaction of each was recorded.
  std::uint64_t cooperatives = 0;
  std::uint64_t never = 0;
  std::uint64_t within_day = 0;
  std::uint64_t within_week = 0;
  std::uint64_t within_month = 0;  // 30 days
  // Half of those that were heard of were heard of since then.
  std::int64_t median_recorded_at = 0;
};

class Queries {
 public:
  // Both must outlive it.
  explicit Queries(const RowReader& rows, const Regions& regions = Regions::BuiltIn())
      : rows_(rows), regions_(regions) {}

  // All days from one through another, and how things stood at the end of the last.
  Result<Figures> Of(const Subject& subject, Date from, Date to) const;
  // The hours of a day that something happened in, ascending.
  Result<std::vector<HourFigures>> Hours(const Subject& subject, Date day) const;
  // A measure of all that lies directly in a region, in the order of codes: of a district its
  // villages, of a larger region the regions in it; and villages with cooperatives that are not in
  // the list.
  Result<std::vector<Ranked>> Children(RegionCode region, Measure measure, Date from,
                                       Date to) const;
  // The cooperatives of a region on the last day, in the order of their numbers.
  Result<std::vector<Ranked>> CooperativesOf(RegionCode region, Measure measure, Date from,
                                             Date to) const;
  // InvalidArgument for a share too, and for what an outlet does not have. REQUIRES: weeks >= 1
  Result<Comparison> WithSameWeekday(const Subject& subject, Measure measure, Date day,
                                     std::int32_t weeks = 4) const;
  // At a time, in microseconds since 1970 UTC. Of an outlet: its cooperative's.
  Result<Freshness> FreshnessOf(const Subject& subject, std::int64_t now) const;

 private:
  const RowReader& rows_;
  const Regions& regions_;
};

// The first so many by value, the largest or the smallest; of equals as they come. Without those
// that have none.
std::vector<Ranked> Top(std::vector<Ranked> list, std::size_t most);
std::vector<Ranked> Bottom(std::vector<Ranked> list, std::size_t most);

}  // namespace lumbung::performance
