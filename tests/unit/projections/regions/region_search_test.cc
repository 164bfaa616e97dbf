// Regions by name: which come first, what narrows them down, and what nobody is told.
#include "projections/regions/region_search.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace lumbung {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kList =
    "lumbung regions 1\n"
    "a test\n"
    "P32 JAWA BARAT\n"
    "R04 KABUPATEN BANDUNG\n"
    "D12 Cileunyi\n"
    "V2001 Cileunyi Kulon\n"
    "V2002 Bandungan\n"
    "V2003 Sukamaju\n"
    "R73 KOTA BANDUNG\n"
    "D01 Sukamaju Baru\n"
    "P33 JAWA TENGAH\n"
    "R22 KABUPATEN SEMARANG\n"
    "D13 Bandungan\n"
    "V2004 Ujung Bandungan\n"
    "V2005 Sukamaju\n"
    "V2006 Lembandung\n";

bool Anything(RegionCode /*code*/) { return true; }

std::vector<std::string> CodesOf(const FoundRegions& found) {
  std::vector<std::string> codes;
  for (const Region& region : found.regions) codes.push_back(FormatRegionCode(region.code));
  return codes;
}

class RegionSearchTest : public ::testing::Test {
 protected:
  std::vector<std::string> Find(std::string_view text) const {
    return CodesOf(search_.Find(text, 100, Anything));
  }

  const Result<Regions> regions_ = Regions::Parse(kList);
  const RegionSearch search_{*regions_};
};

TEST_F(RegionSearchTest, TheBestComesFirst) {
  EXPECT_THAT(Find("bandung"), ElementsAre("32.04", "32.73", "33.22.13", "32.04.12.2002",
                                           "33.22.13.2004", "33.22.13.2006"));
  EXPECT_THAT(Find("KOTA bandung"), ElementsAre("32.73"));
  EXPECT_THAT(Find(" sukamaju "), ElementsAre("32.04.12.2003", "33.22.13.2005", "32.73.01"));
  EXPECT_THAT(Find("jawa"), ElementsAre("32", "33"));
}

TEST_F(RegionSearchTest, ACommaNarrowsItDown) {
  EXPECT_THAT(Find("sukamaju, bandung"), ElementsAre("32.04.12.2003", "33.22.13.2005", "32.73.01"));
  EXPECT_THAT(Find("sukamaju,kota Bandung"), ElementsAre("32.73.01"));
  EXPECT_THAT(Find("sukamaju, tengah"), ElementsAre("33.22.13.2005"));
  EXPECT_THAT(Find("sukamaju, nowhere"), IsEmpty());
  EXPECT_THAT(Find("sukamaju,"), ElementsAre("32.04.12.2003", "33.22.13.2005", "32.73.01"));
}

TEST_F(RegionSearchTest, WhatIsNoNameFindsNothing) {
  for (const char* text :
       {"", " ", ",", ", bandung", ".", "\n", "xyz", "bandung\nkota", "barat\nkab"}) {
    EXPECT_THAT(Find(text), IsEmpty()) << text;
  }
}

TEST_F(RegionSearchTest, TellsHowManyThereAreOfThoseThatOneMaySee) {
  const FoundRegions two = search_.Find("bandung", 2, Anything);
  EXPECT_THAT(CodesOf(two), ElementsAre("32.04", "32.73"));
  EXPECT_EQ(two.total, 6U);
  const RegionCode own = *ParseRegionCode("33.22");
  const FoundRegions theirs =
      search_.Find("bandung", 1, [&](RegionCode code) { return LiesIn(code, own); });
  EXPECT_THAT(CodesOf(theirs), ElementsAre("33.22.13"));
  EXPECT_EQ(theirs.total, 3U);
}

TEST(RegionSearch, FindsEveryRegionOfTheListByItsOwnName) {
  const Regions& regions = Regions::BuiltIn();
  for (std::size_t i = 0; i < regions.all().size(); i += 997) {
    const Region& region = regions.all()[i];
    const FoundRegions found = RegionSearch::BuiltIn().Find(
        region.name, 1, [&](RegionCode code) { return code == region.code; });
    EXPECT_THAT(CodesOf(found), ElementsAre(FormatRegionCode(region.code))) << region.name;
  }
}

}  // namespace
}  // namespace lumbung
