// Cooperatives and charts as the events published them: which region an entry counts in, and on
// which side a code grows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/chart.pb.h"
#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Of cooperatives whose code is no village's.
inline constexpr std::string_view kUnknownRegion = "?";
// Digits of provinces, regencies, districts and villages.
inline constexpr std::size_t kRegionDigits[] = {2, 4, 6, 10};

struct CooperativeInfo {
  std::uint32_t shard = 0;
  // By effective date, ascending; never empty.
  std::vector<v1::Cooperative> versions;

  // The version in force on a day: the latest effective by then, else the first.
  const v1::Cooperative& InForce(Date date) const;
  std::string Encode() const;
  static Result<CooperativeInfo> Parse(std::string_view bytes);
};

// The ten digits of a village, or kUnknownRegion.
std::string RegionOf(std::string_view village_code);
// Whether `region` is one that totals are kept of, as digits; "" is the nation.
bool IsRegion(std::string_view region);

// What the writer of rows knows. One thread at a time.
class ReferenceData {
 public:
  Status Open(const RowReader& rows);
  // Null where there is none.
  const CooperativeInfo* Find(std::uint64_t cooperative) const;

  void AddCooperative(std::uint32_t shard, const v1::Cooperative& version);
  void AddChart(const v1::Chart& chart);
  void Finish(RowWriter& out);

 private:
  std::unordered_map<std::uint64_t, CooperativeInfo> cooperatives_;
  // The latest of each, complete.
  std::map<std::string, v1::Chart> charts_;
  // Rows that changed.
  std::map<std::string, std::string> changed_;
};

// Reads the same as of a view.
Result<std::optional<CooperativeInfo>> ReadCooperative(const RowReader& rows,
                                                       std::uint64_t cooperative);
// The side that a code grows on by the latest version of a chart, or of any chart where no name is
// given; unspecified where no chart lists it.
Result<v1::Side> ReadSide(const RowReader& rows, std::string_view chart, std::uint32_t code);
// The same for all codes.
Result<std::map<std::uint32_t, v1::Side>> ReadSides(const RowReader& rows, std::string_view chart);

}  // namespace lumbung
