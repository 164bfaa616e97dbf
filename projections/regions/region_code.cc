#include "projections/regions/region_code.h"

#include <array>

#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr std::string_view kNationText = "ID";

// How many villages' codes begin alike, by level.
constexpr std::array<std::uint64_t, 5> kSpan = {10'000'000'000, 100'000'000, 1'000'000, 10'000, 1};
// Length of a code's text, by level.
constexpr std::array<std::size_t, 5> kTextSize = {0, 2, 5, 8, 13};

std::uint64_t SpanOf(RegionLevel level) { return kSpan[static_cast<std::size_t>(level)]; }

RegionLevel LevelOfText(std::size_t size) {
  for (std::size_t level = 1; level < kTextSize.size(); ++level) {
    if (kTextSize[level] == size) {
      return static_cast<RegionLevel>(level);
    }
  }
  return RegionLevel::kNation;
}

}  // namespace

std::optional<RegionCode> ParseRegionCode(std::string_view text) {
  if (text == kNationText) {
    return kNation;
  }
  const RegionLevel level = LevelOfText(text.size());
  std::uint64_t digits = 0;
  std::uint64_t part = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_point = i == 2 || i == 5 || i == 8;
    if (is_point ? text[i] != '.' || part == 0 : text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
    const auto digit = is_point ? 0U : static_cast<unsigned>(text[i] - '0');
    part = is_point ? 0 : part * 10 + digit;
    digits = is_point ? digits : digits * 10 + digit;
  }
  if (part == 0 || level == RegionLevel::kNation) {
    return std::nullopt;
  }
  return RegionCode{digits * SpanOf(level)};
}

std::string FormatRegionCode(RegionCode code) {
  if (code == kNation) {
    return std::string(kNationText);
  }
  const std::string all = std::to_string(kSpan[0] + code.digits).substr(1);
  const std::string text =
      all.substr(0, 2) + '.' + all.substr(2, 2) + '.' + all.substr(4, 2) + '.' + all.substr(6);
  return text.substr(0, kTextSize[static_cast<std::size_t>(LevelOf(code))]);
}

RegionLevel LevelOf(RegionCode code) {
  std::size_t level = 0;
  while (code.digits % kSpan[level] != 0) {
    ++level;
  }
  return static_cast<RegionLevel>(level);
}

RegionCode RegionAt(RegionCode code, RegionLevel level) {
  LUMBUNG_CHECK(level <= LevelOf(code));
  return {code.digits - code.digits % SpanOf(level)};
}

RegionCode ParentOf(RegionCode code) {
  LUMBUNG_CHECK(code != kNation);
  return RegionAt(code, static_cast<RegionLevel>(static_cast<std::uint8_t>(LevelOf(code)) - 1));
}

RegionCode LastIn(RegionCode code) { return {code.digits + SpanOf(LevelOf(code)) - 1}; }

bool LiesIn(RegionCode inner, RegionCode outer) { return outer <= inner && inner <= LastIn(outer); }

}  // namespace lumbung
