// The list of Indonesia's regions: what a code stands for. It is made out of an npm package when
// the program is built (docs/REGIONS.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/regions/region_code.h"

namespace lumbung {

struct Region {
  RegionCode code;
  // As the list has it; lives as long as the list.
  std::string_view name;
};

// Where a cooperative's village code stands.
struct VillagePlace {
  // The village where the list has it, else the smallest region of the list that the code names:
  // in the end the nation.
  RegionCode in;
  bool is_listed = false;
};

// Constant after construction.
class Regions {
 public:
  // The list that is built into the program, unpacked on first use.
  static const Regions& BuiltIn();
  // The text that scripts/regions.py describes, unpacked. InvalidArgument where it is none.
  static Result<Regions> Parse(std::string text);

  // Where the list is from: "idn-area-data 3.1.2, ODbL-1.0".
  const std::string& source() const { return source_; }
  // The same with the beginning of the text's SHA-256, for who has to name what he relied on.
  const std::string& version() const { return version_; }

  // All of them but the nation, in order.
  const std::vector<Region>& all() const { return regions_; }
  // Null where the list has no such code, as for the nation.
  const Region* Find(RegionCode code) const;
  bool Has(RegionCode code) const { return code == kNation || Find(code) != nullptr; }
  // "Indonesia" for the nation; empty where the list has no such code.
  std::string_view NameOf(RegionCode code) const;
  // Those that lie directly in a region.
  std::vector<Region> Children(RegionCode code) const;
  VillagePlace PlaceOf(std::string_view village_code) const;

 private:
  Regions() = default;
  Status Add(std::string_view line);

  // Names point into it.
  std::unique_ptr<const std::string> text_;
  std::string source_;
  std::string version_;
  std::vector<Region> regions_;
};

}  // namespace lumbung
