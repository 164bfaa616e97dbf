// Questions about national performance, answered out of the rows of a view. Amounts are rupiah in
// sen; README.md says what each figure counts. Thread-safe: they share nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "projections/performance/day_row.h"
#include "projections/performance/lag.h"
#include "projections/regions/regions.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// Whose figures are asked for.
struct Subject {
  enum class Kind : std::uint8_t { kRegion, kVillage, kCooperative, kOutlet };

  static Subject OfRegion(RegionCode region);
  // By the code that its cooperatives carry, whether the list has it or not; may be empty.
  static Subject OfVillage(std::string code);
  static Subject OfCooperative(std::uint64_t cooperative);
  static Subject OfOutlet(std::uint64_t cooperative, std::uint64_t outlet);

  bool operator==(const Subject&) const = default;

  Kind kind = Kind::kRegion;
  RegionCode region;
  std::string village;
  std::uint64_t cooperative = 0;
  std::uint64_t outlet = 0;
};

// How many different members were active in the days up to one. An estimate is off by its standard
// error in a third of all cases, by three times that in one of three hundred.
struct MemberCount {
  std::uint64_t members = 0;
  // Relative; 0 where it is exact.
  double standard_error = 0;
  std::int32_t days = 0;
};

struct ChannelFigures {
  std::string channel;
  Flow flow;
};

// From occurred to recorded, in microseconds.
struct LagFigures {
  std::int64_t transactions = 0;
  std::int64_t p50 = 0;
  std::int64_t p99 = 0;
  // What they are off by at most, of themselves.
  double relative_error = kLagError;
};

struct Figures {
  Date from = 0;
  Date to = 0;
  Flow flow;
  // By name; shares are of the flow.
  std::vector<ChannelFigures> channels;
  Int128 surplus = 0;
  Int128 intercepts = 0;
  std::int64_t late = 0;
  std::int64_t reversals = 0;
  LagFigures lag;
  // In the 30 days up to `to`.
  MemberCount active_members;
};

struct HourFigures {
  // kNoHour: of transactions that say no time.
  std::uint8_t hour = 0;
  Flow flow;
  std::vector<ChannelFigures> channels;
};

// One figure of those above, for lists.
enum class Measure : std::uint8_t {
  kTransactions,
  kSales,
  kTurnover,
  kMemberTurnover,
  kSurplus,
  kIntercepts,
  kLate,
  kReversals,
  kActiveMembers,
  kLagP50,
  kLagP99,
};

Int128 ValueOf(const Figures& figures, Measure measure);

struct Ranked {
  Subject subject;
  // Of a region; empty for a cooperative, and where the list has no such code.
  std::string name;
  bool is_listed = true;
  Int128 value = 0;
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

  // All days from one through another. InvalidArgument where one is none, or they are more than
  // ten years; NotFound for a cooperative that is not registered.
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
  // REQUIRES: weeks >= 1
  Result<Comparison> WithSameWeekday(const Subject& subject, Measure measure, Date day,
                                     std::int32_t weeks = 4) const;
  // At a time; NotFound as above.
  Result<Freshness> FreshnessOf(const Subject& subject, std::int64_t now) const;

 private:
  const RowReader& rows_;
  const Regions& regions_;
};

// The first so many by value, the largest or the smallest; of equals as they come.
std::vector<Ranked> Top(std::vector<Ranked> list, std::size_t most);
std::vector<Ranked> Bottom(std::vector<Ranked> list, std::size_t most);

}  // namespace lumbung::performance
