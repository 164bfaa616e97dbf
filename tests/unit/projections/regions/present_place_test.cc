#include "projections/regions/present_place.h"

#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

ledger::v1::Cooperative From(Date date, const char* village, std::int32_t offset = 420) {
  ledger::v1::Cooperative version;
  version.set_effective_date(date);
  version.set_village_code(village);
  version.set_utc_offset_minutes(offset);
  return version;
}

// 17:00 in Greenwich, midnight in Jakarta.
constexpr std::int64_t kMidnight = 1'777'914'000'000'000;

TEST(PresentPlace, IsThatOfTheVersionInForceByTheCooperativesClock) {
  const std::vector versions = {From(20250101, "32.04.12.2001"), From(20260505, "33.22.13.2004")};
  EXPECT_EQ(PresentPlace(versions, kMidnight - 1), ParseRegionCode("32.04.12.2001"));
  EXPECT_EQ(PresentPlace(versions, kMidnight), ParseRegionCode("33.22.13.2004"));
  const std::vector in_papua = {From(20250101, "32"), From(20260505, "94", 540)};
  EXPECT_EQ(PresentPlace(in_papua, kMidnight - 1), ParseRegionCode("94"));
}

TEST(PresentPlace, BeforeAllVersionsIsThatOfTheFirst) {
  const std::vector versions = {From(20270101, "32.04"), From(20280101, "33")};
  EXPECT_EQ(PresentPlace(versions, kMidnight), ParseRegionCode("32.04"));
}

TEST(PresentPlace, IsNoneWithoutACode) {
  EXPECT_EQ(PresentPlace(std::vector<ledger::v1::Cooperative>(), kMidnight), std::nullopt);
  EXPECT_EQ(PresentPlace(std::vector{From(20250101, "")}, kMidnight), std::nullopt);
  EXPECT_EQ(PresentPlace(std::vector{From(20250101, "my village")}, kMidnight), std::nullopt);
}

}  // namespace
}  // namespace lumbung
