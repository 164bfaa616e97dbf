// Finds regions of the list by name.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/regions/regions.h"

namespace lumbung {

struct FoundRegions {
  // The best first: names that are what was asked for, that begin with it, of which a word begins
  // with it, that have it somewhere; of equals the larger regions, then in the order of codes.
  std::vector<Region> regions;
  // How many there are in all.
  std::size_t total = 0;
};

// Constant after construction.
class RegionSearch {
 public:
  // Over the list that is built in; made on first use.
  static const RegionSearch& BuiltIn();
  // The list must outlive it.
  explicit RegionSearch(const Regions& regions);

  // Those whose name has `text` in it, without regard to case; at most so many. What follows a
  // comma has to be in the name of a region that it lies in: "sukamaju, bandung". Of what `may_see`
  // says no to nothing is told. None for text without a letter or digit.
  FoundRegions Find(std::string_view text, std::size_t most,
                    const std::function<bool(RegionCode)>& may_see) const;

 private:
  bool LiesInNamed(RegionCode code, std::string_view name) const;

  const Regions& regions_;
  // All names in small letters, a line each, in the order of the list; and where each begins.
  std::string names_;
  std::vector<std::size_t> begins_;
};

}  // namespace lumbung
