// Where a cooperative lies now.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/date.h"
#include "projections/regions/region_code.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung {

// The village code of the version in force on the day that it is by the cooperative's own clock at
// `now` (microseconds since 1970 UTC): the latest effective by then, else the first. Nothing where
// it is no code, or there is no version. `versions` is a range of v1.Cooperative in the order of
// their effective dates.
template <typename Versions>
std::optional<RegionCode> PresentPlace(const Versions& versions, std::int64_t now) {
  const ledger::v1::Cooperative* in_force = nullptr;
  for (const ledger::v1::Cooperative& version : versions) {
    if (in_force == nullptr ||
        version.effective_date() <= LocalDate(now, version.utc_offset_minutes())) {
      in_force = &version;
    }
  }
  return in_force == nullptr ? std::nullopt : ParseRegionCode(in_force->village_code());
}

}  // namespace lumbung
