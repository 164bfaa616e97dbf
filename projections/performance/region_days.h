// The days of regions: what outlets' days add up to, from districts to the nation, and who was
// active there, from regencies to the nation.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/performance/day_row.h"
#include "projections/performance/member_sketch.h"
#include "projections/performance/row_cache.h"
#include "projections/regions/region_code.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// The changes of the batch in hand. One thread at a time.
class RegionDays {
 public:
  // Adds to a region's day and, by Finish, to those that it lies in. REQUIRES: it is no village
  void Add(RegionCode region, Date date, const DayRow& change, const NameTable& names);
  void AddMembers(RegionCode region, Date date, const MemberSketch& members);
  // Says who was active in a region alone, whatever its row says.
  // REQUIRES: nothing was added to it in this batch
  void SetMembers(RegionCode region, Date date, MemberSketch members);

  Status Finish(const RowReader& rows, RowCache& cache, NameTable& names, RowWriter& out);

 private:
  using RegionDay = std::pair<RegionCode, Date>;
  struct MembersChange {
    bool replaces = false;
    MemberSketch members;
  };

  void RollUp(const NameTable& names);
  Status WriteDays(const RowReader& rows, RowCache& cache, NameTable& names, RowWriter& out);
  Status WriteMembers(const RowReader& rows, RowCache& cache, RowWriter& out);

  // In the order of keys.
  std::map<RegionDay, DayRow> days_;
  std::map<RegionDay, MembersChange> members_;
};

}  // namespace lumbung::performance
