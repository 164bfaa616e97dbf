// Finds the rows that a subject's figures are made of, and adds them up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/performance/cooperatives.h"
#include "projections/performance/keys.h"
#include "projections/performance/name_table.h"
#include "projections/performance/outlet_day.h"
#include "projections/performance/queries.h"
#include "projections/regions/regions.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// A cooperative's versions out of its row. NotFound where it is not registered.
Result<CooperativeState> ReadCooperative(const RowReader& rows, const Regions& regions,
                                         std::uint64_t number);
// Numbers of those that are, or were, in a region; ascending.
Result<std::vector<std::uint64_t>> CooperativesEverIn(const RowReader& rows, RegionCode region);

// One thread at a time.
class SubjectReader {
 public:
  SubjectReader(const RowReader& rows, const Regions& regions, NameTable& names)
      : rows_(rows), regions_(regions), names_(names) {}

  Status AddDays(const Subject& subject, Date from, Date to, DayRow& sum);
  Status AddMembers(const Subject& subject, Date from, Date to, MemberSketch& sum);

 private:
  // Whether a cooperative's day counts, by the version in force on it.
  using Counts = std::function<bool(const CooperativeVersion&)>;
  // What of an outlet's day is wanted.
  using Take = std::function<Status(std::string_view row)>;

  Status WalkRegion(Row row, RegionCode region, Date from, Date to, const Take& take);
  Status WalkSubject(const Subject& subject, Date from, Date to, const Take& take);
  Status WalkVillages(RegionCode region, Date from, Date to, const Counts& counts,
                      const Take& take);
  Status WalkCooperative(const CooperativeState& cooperative, Date from, Date to,
                         const Counts& counts, const Take& take);

  const RowReader& rows_;
  const Regions& regions_;
  NameTable& names_;
  // Over all outlets' days; made when it is first needed.
  std::unique_ptr<RowCursor> outlets_;
};

}  // namespace lumbung::performance
