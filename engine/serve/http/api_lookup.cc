// GET: what a page asks before it asks for figures: who the caller is, and what regions are called.
#include <algorithm>
#include <string>
#include <string_view>

#include "engine/serve/http/api.h"
#include "projections/regions/region_search.h"

namespace lumbung {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kMostCodes = 100;
constexpr std::uint64_t kMostFound = 100;

void FillName(RegionCode code, v1::RegionName& filled) {
  filled.set_region(FormatRegionCode(code));
  filled.set_name(std::string(Regions::BuiltIn().NameOf(code)));
}

void FillFound(RegionCode code, std::string_view name, v1::FoundRegion& filled) {
  filled.set_region(FormatRegionCode(code));
  filled.set_name(std::string(name));
  for (auto level = RegionLevel::kProvince; level < LevelOf(code);
       level = static_cast<RegionLevel>(static_cast<int>(level) + 1)) {
    FillName(RegionAt(code, level), *filled.add_within());
  }
}

// Codes with commas between. What the list does not have is left out.
bool FindByCode(Exchange& exchange, v1::FindRegionsResponse& response) {
  const std::string text = exchange.request.get_param_value("code");
  std::string_view rest = text;
  std::size_t codes = 0;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::optional<RegionCode> code = ParseRegionCode(one);
    if (!code || ++codes > kMostCodes) {
      exchange.Answer(
          ParameterProblem("code", "wants up to 100 codes as 32.04, with commas between"));
      return false;
    }
    if (Regions::BuiltIn().Has(*code)) {
      FillFound(*code, Regions::BuiltIn().NameOf(*code), *response.add_regions());
    }
  }
  response.set_total(static_cast<std::uint32_t>(response.regions_size()));
  return true;
}

bool FindByName(Exchange& exchange, v1::FindRegionsResponse& response) {
  const std::string name = exchange.request.get_param_value("name");
  if (name.size() < 2 || name.size() > kLongestName) {
    exchange.Answer(ParameterProblem("name", "wants 2 to 100 bytes; or code a region's code"));
    return false;
  }
  const auto limit = exchange.Number("limit", 1, kMostFound, 20);
  if (!limit) return false;
  // Only what the caller can ask more about.
  const FoundRegions found = RegionSearch::BuiltIn().Find(
      name, *limit, [&](RegionCode code) { return exchange.call.principal->MayReadIn(code); });
  for (const Region& region : found.regions) {
    FillFound(region.code, region.name, *response.add_regions());
  }
  response.set_total(static_cast<std::uint32_t>(found.total));
  return true;
}

}  // namespace

void HttpApi::GetPrincipal(Exchange& exchange) {
  const Principal& principal = *exchange.call.principal;
  v1::GetPrincipalResponse response;
  response.set_principal(principal.id());
  for (const Grant& grant : principal.grants()) {
    v1::PrincipalGrant& filled = *response.add_grants();
    filled.set_role(std::string(RoleName(grant.role)));
    for (const CooperativeRange& range : grant.cooperatives) {
      v1::CooperativeSpan& span = *filled.add_cooperatives();
      span.set_first(range.first);
      span.set_last(range.last);
    }
    for (const RegionCode region : grant.regions) {
      FillName(region, *filled.add_regions());
    }
  }
  exchange.Answer(200, JsonOf(response));
}

void HttpApi::FindRegions(Exchange& exchange) {
  const bool by_code = exchange.request.has_param("code");
  if (by_code && (exchange.request.has_param("name") || exchange.request.has_param("limit"))) {
    return exchange.Answer(ParameterProblem("code", "goes without name and limit"));
  }
  v1::FindRegionsResponse response;
  response.set_region_list(Regions::BuiltIn().version());
  if (by_code ? FindByCode(exchange, response) : FindByName(exchange, response)) {
    exchange.Answer(200, JsonOf(response));
  }
}

}  // namespace lumbung
