// Finds the rows that a subject's figures are made of, and adds them up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/performance/cooperatives.h"
#include "projections/performance/figures.h"
#include "projections/performance/keys.h"
#include "projections/performance/name_table.h"
#include "projections/performance/outlet_day.h"
#include "projections/regions/regions.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// A cooperative's versions out of its row. NotFound where it is not registered.
Result<CooperativeState> ReadCooperative(const RowReader& rows, const Regions& regions,
                                         std::uint64_t number);
// Numbers of those that are, or were, in a region; ascending.
Result<std::vector<std::uint64_t>> CooperativesEverIn(const RowReader& rows, RegionCode region);

// What is remembered of it; nothing where it has done nothing yet.
Result<CooperativeMemory> ReadMemory(const RowReader& rows, std::uint64_t number);

// One thread at a time.
class SubjectReader {
 public:
  SubjectReader(const RowReader& rows, const Regions& regions, NameTable& names)
      : rows_(rows), regions_(regions), names_(names) {}

  // Activity is left out: see below.
  Status AddDays(const Subject& subject, Date from, Date to, DayRow& sum);
  Status AddMembers(const Subject& subject, Date from, Date to, MemberSketch& sum);
  // REQUIRES: at most 30 days
  Status AddActivity(const Subject& subject, Date from, Date to, ActivityFigures& sum);
  // REQUIRES: it is no outlet
  Status AddStanding(const Subject& subject, Date day, Standing& sum);

 private:
  // Whether a cooperative's day counts, by the version in force on it.
  using Counts = std::function<bool(const CooperativeVersion&)>;
  // A cooperative that a subject is made of, and which of its days are.
  using Visit = std::function<Status(const CooperativeState&, const Counts&)>;
  // What of a row is wanted.
  using Take = std::function<Status(Date date, std::string_view row)>;

  Status WalkRegion(Row row, RegionCode region, Date from, Date to, const Take& take);
  Status EachCooperative(const Subject& subject, const Visit& visit);
  Status WalkSubject(const Subject& subject, Date from, Date to, const Take& take);
  Status WalkOutlet(const Subject& subject, Date from, Date to, const Take& take);
  Status WalkCooperative(const CooperativeState& cooperative, Date from, Date to,
                         const Counts& counts, const Take& take);
  // The value of a series by the end of a day.
  using Value = std::function<Result<Int128>(SeriesId series)>;
  static Status AddSeries(const Value& value, Standing& sum);
  Status AddRegionStanding(RegionCode region, Date day, Standing& sum);
  Status AddCooperativeStanding(const CooperativeState& cooperative, Date day, RowCursor& cursor,
                                Standing& sum);

  const RowReader& rows_;
  const Regions& regions_;
  NameTable& names_;
  // Over all outlets' days; made when it is first needed.
  std::unique_ptr<RowCursor> outlets_;
};

}  // namespace lumbung::performance
