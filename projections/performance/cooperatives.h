// Cooperatives as the events registered and changed them: where each counts on which day, by which
// chart and clock, and when it was heard of last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/performance/charts.h"
#include "projections/performance/cooperative_memory.h"
#include "projections/regions/regions.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::performance {

// Of what a cooperative has posted; zeros where it has posted nothing.
struct CooperativeFreshness {
  std::int64_t recorded_at = 0;
  // The latest that one of its outlets claims.
  std::int64_t occurred_at = 0;
  Date business_date = 0;

  std::string Encode() const;
  static Result<CooperativeFreshness> Parse(std::string_view bytes);
};

struct CooperativeVersion {
  v1::Cooperative attributes;
  VillagePlace place;
  // Looked up when it is first asked for.
  const ChartLine* chart = nullptr;

  // Active or closing.
  bool is_there() const {
    return attributes.status() == v1::Cooperative::ACTIVE ||
           attributes.status() == v1::Cooperative::CLOSING;
  }
  // The region that keeps its days: the district, or the larger one that is known.
  RegionCode day_region() const {
    return LevelOf(place.in) > RegionLevel::kDistrict ? RegionAt(place.in, RegionLevel::kDistrict)
                                                      : place.in;
  }
};

// A region that keeps a cooperative's days, from a day on until the next.
struct Stay {
  Date from = 0;
  RegionCode region;

  bool operator==(const Stay&) const = default;
};

struct CooperativeState {
  std::uint64_t number = 0;
  // In the order of events, which is that of their effective dates; never empty.
  std::vector<CooperativeVersion> versions;
  CooperativeFreshness fresh;
  CooperativeMemory memory;
  // In the batch in hand.
  bool fresh_changed = false;
  bool memory_changed = false;

  CooperativeVersion& InForce(Date date);
  // The version in force on a day: the last that is effective by then, else the first.
  const CooperativeVersion& InForce(Date date) const;
  // Where it counts on which days; the first from ever.
  std::vector<Stay> Stays() const;
  // When it was active or closing, from its first version on.
  std::vector<DaySpan> There() const;
  // From a day on, when it was there and active less than so many days before.
  std::vector<DaySpan> Heard(std::int32_t window, std::int32_t from) const {
    return Intersect(memory.days.Heard(window, from), There());
  }
};

// The versions of a row. Corruption where it is none.
Result<std::vector<v1::Cooperative>> ParseCooperativeRow(std::string_view bytes);

// What the writer of rows knows. One thread at a time.
class Cooperatives {
 public:
  explicit Cooperatives(const Regions& regions) : regions_(regions) {}

  Status Open(const RowReader& rows);
  // Null where none such was registered. Stays valid.
  CooperativeState* Find(std::uint64_t number);
  const std::unordered_map<std::uint64_t, CooperativeState>& all() const { return states_; }

  // A registration, or a change of all attributes.
  void Add(const v1::Cooperative& attributes);
  // It posted something.
  void NoteFresh(CooperativeState& state, std::int64_t recorded_at, std::int64_t occurred_at,
                 Date business_date);
  void NoteMemory(CooperativeState& state);
  void Finish(RowWriter& out);

 private:
  const Regions& regions_;
  std::unordered_map<std::uint64_t, CooperativeState> states_;
  // Of the batch in hand.
  std::vector<CooperativeState*> fresh_;
  std::vector<CooperativeState*> remembered_;
  std::vector<CooperativeState*> changed_;
};

}  // namespace lumbung::performance
