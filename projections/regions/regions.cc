#include "projections/regions/regions.h"

#include <algorithm>
#include <utility>
#include <zlib.h>

#include "engine/chain/hash.h"
#include "projections/regions/packed_regions.h"

namespace lumbung {
namespace {

constexpr std::string_view kFormat = "lumbung regions 1";
constexpr std::string_view kLetters = "IPRDV";
constexpr std::size_t kMaxText = std::size_t{16} << 20;
constexpr std::size_t kDigestShown = 12;

// The text up to the next line, which then is the rest.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string Unpack(std::string_view packed) {
  std::string text(kMaxText, '\0');
  uLongf size = text.size();
  LUMBUNG_CHECK(uncompress(reinterpret_cast<Bytef*>(text.data()), &size,
                           reinterpret_cast<const Bytef*>(packed.data()), packed.size()) == Z_OK);
  text.resize(size);
  text.shrink_to_fit();
  return text;
}

}  // namespace

const Regions& Regions::BuiltIn() {
  static const Regions regions = [] {
    Result<Regions> parsed = Parse(Unpack(PackedRegions()));
    return std::move(parsed.value());
  }();
  return regions;
}

Result<Regions> Regions::Parse(std::string text) {
  Regions regions;
  regions.text_ = std::make_unique<const std::string>(std::move(text));
  std::string_view rest = *regions.text_;
  if (TakeLine(rest) != kFormat) {
    return Status::InvalidArgument("a list of regions begins with \"" + std::string(kFormat) +
                                   "\"");
  }
  regions.source_ = TakeLine(rest);
  regions.version_ = regions.source_ + ", " + ToHex(Sha256(*regions.text_)).substr(0, kDigestShown);
  while (!rest.empty()) {
    LUMBUNG_RETURN_IF_ERROR(regions.Add(TakeLine(rest)));
  }
  return regions;
}

// A line is under that of the region it lies in.
Status Regions::Add(std::string_view line) {
  const auto fault = [&] {
    return Status::InvalidArgument("no line of a list of regions: " + std::string(line));
  };
  const std::size_t letter = line.empty() ? 0 : kLetters.find(line.front());
  const std::size_t space = line.find(' ');
  if (letter == 0 || letter == std::string_view::npos || space == std::string_view::npos) {
    return fault();
  }
  const RegionCode last = regions_.empty() ? kNation : regions_.back().code;
  const auto above = static_cast<RegionLevel>(letter - 1);
  if (LevelOf(last) < above) {
    return fault();
  }
  const RegionCode parent = RegionAt(last, above);
  const std::string part(line.substr(1, space - 1));
  const std::optional<RegionCode> code =
      ParseRegionCode(parent == kNation ? part : FormatRegionCode(parent) + '.' + part);
  if (!code.has_value() || LevelOf(*code) != static_cast<RegionLevel>(letter) || *code <= last) {
    return fault();
  }
  regions_.push_back({*code, line.substr(space + 1)});
  return Status::Ok();
}

const Region* Regions::Find(RegionCode code) const {
  const auto found = std::lower_bound(
      regions_.begin(), regions_.end(), code,
      [](const Region& region, RegionCode sought) { return region.code < sought; });
  return found != regions_.end() && found->code == code ? &*found : nullptr;
}

std::string_view Regions::NameOf(RegionCode code) const {
  if (code == kNation) {
    return "Indonesia";
  }
  const Region* region = Find(code);
  return region == nullptr ? std::string_view{} : region->name;
}

std::vector<Region> Regions::Children(RegionCode code) const {
  std::vector<Region> children;
  auto next = std::upper_bound(
      regions_.begin(), regions_.end(), code,
      [](RegionCode sought, const Region& region) { return sought < region.code; });
  while (next != regions_.end() && LiesIn(next->code, code)) {
    children.push_back(*next);
    const RegionCode last = LastIn(next->code);
    next = std::upper_bound(
        next, regions_.end(), last,
        [](RegionCode sought, const Region& region) { return sought < region.code; });
  }
  return children;
}

VillagePlace Regions::PlaceOf(std::string_view village_code) const {
  const std::optional<RegionCode> code = ParseRegionCode(village_code);
  if (!code.has_value() || LevelOf(*code) != RegionLevel::kVillage) {
    // A larger region in the place of a village is still known to lie there.
    return {code.has_value() && Has(*code) ? *code : kNation, false};
  }
  RegionCode in = *code;
  while (!Has(in)) {
    in = ParentOf(in);
  }
  return {in, in == *code};
}

}  // namespace lumbung
