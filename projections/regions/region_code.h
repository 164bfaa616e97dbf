// Codes of Indonesia's regions (Kemendagri): province, regency or city, district, village, as
// 32, 32.04, 32.04.12 and 32.04.12.2001, and ID for all of them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

enum class RegionLevel : std::uint8_t { kNation, kProvince, kRegency, kDistrict, kVillage };

// The digits of a village's code as a number; those of the parts that a larger region does not
// have are zero. In order, a region stands before all that lies in it. Persisted in rows.
struct RegionCode {
  std::uint64_t digits = 0;

  auto operator<=>(const RegionCode&) const = default;
};

inline constexpr RegionCode kNation{};

// Nothing for what has not the form of a code, whether there is such a region or not.
std::optional<RegionCode> ParseRegionCode(std::string_view text);
std::string FormatRegionCode(RegionCode code);

RegionLevel LevelOf(RegionCode code);
// What it lies in at a level, itself at its own. REQUIRES: level <= LevelOf(code)
RegionCode RegionAt(RegionCode code, RegionLevel level);
// The next larger one. REQUIRES: it is not the nation
RegionCode ParentOf(RegionCode code);
// The largest code of what lies in it.
RegionCode LastIn(RegionCode code);
// Whether `inner` lies in `outer`, or is it.
bool LiesIn(RegionCode inner, RegionCode outer);

}  // namespace lumbung
