#include "projections/regions/region_search.h"

#include <algorithm>
#include <cctype>
#include <tuple>

namespace lumbung {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c == '\n' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What the list writes before the names of regencies and cities.
std::string_view WithoutKind(std::string_view name) {
  for (const std::string_view kind :
       {"kabupaten administrasi ", "kota administrasi ", "kabupaten ", "kota "}) {
    if (name.starts_with(kind)) {
      return name.substr(kind.size());
    }
  }
  return name;
}

// The less, the better it fits. REQUIRES: `wanted` is in the name at `at`
int RankOf(std::string_view name, std::string_view wanted, std::size_t at) {
  const std::string_view bare = WithoutKind(name);
  if (bare == wanted || name == wanted) {
    return 0;
  }
  if (bare.starts_with(wanted) || at == 0) {
    return 1;
  }
  return name[at - 1] == ' ' ? 2 : 3;
}

}  // namespace

const RegionSearch& RegionSearch::BuiltIn() {
  static const RegionSearch search(Regions::BuiltIn());
  return search;
}

RegionSearch::RegionSearch(const Regions& regions) : regions_(regions) {
  begins_.reserve(regions.all().size() + 1);
  for (const Region& region : regions.all()) {
    begins_.push_back(names_.size());
    names_ += Lower(region.name) + '\n';
  }
  begins_.push_back(names_.size());
}

bool RegionSearch::LiesInNamed(RegionCode code, std::string_view name) const {
  for (RegionCode in = code; in != kNation;) {
    in = ParentOf(in);
    if (in != kNation && Lower(regions_.NameOf(in)).find(name) != std::string::npos) {
      return true;
    }
  }
  return false;
}

FoundRegions RegionSearch::Find(std::string_view text, std::size_t most,
                                const std::function<bool(RegionCode)>& may_see) const {
  const std::string lower = Lower(text);
  const std::size_t comma = std::min(lower.find(','), lower.size());
  const std::string_view wanted = Trim(std::string_view(lower).substr(0, comma));
  const std::string_view in =
      Trim(std::string_view(lower).substr(std::min(comma + 1, lower.size())));
  FoundRegions found;
  if (std::none_of(wanted.begin(), wanted.end(),
                   [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; })) {
    return found;
  }
  struct Hit {
    int rank;
    RegionLevel level;
    const Region* region;
  };
  std::vector<Hit> hits;
  for (std::size_t at = names_.find(wanted); at != std::string::npos;) {
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), at);
    const std::size_t begin = *std::prev(after);
    const auto index = static_cast<std::size_t>(std::distance(begins_.begin(), after)) - 1;
    const Region& region = regions_.all()[index];
    if (may_see(region.code) && (in.empty() || LiesInNamed(region.code, in))) {
      const std::string_view name(names_.data() + begin, *after - begin - 1);
      hits.push_back({RankOf(name, wanted, at - begin), LevelOf(region.code), &region});
    }
    at = names_.find(wanted, *after);
  }
  found.total = hits.size();
  most = std::min(most, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(most), hits.end(),
                    [](const Hit& a, const Hit& b) {
                      return std::tie(a.rank, a.level, a.region->code) <
                             std::tie(b.rank, b.level, b.region->code);
                    });
  for (std::size_t i = 0; i < most; ++i) {
    found.regions.push_back(*hits[i].region);
  }
  return found;
}

}  // namespace lumbung
