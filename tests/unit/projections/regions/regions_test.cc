#include "projections/regions/regions.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

RegionCode CodeOf(std::string_view text) {
  const std::optional<RegionCode> code = ParseRegionCode(text);
  EXPECT_TRUE(code.has_value()) << text;
  return code.value_or(kNation);
}

TEST(RegionCode, OfEachLevelReadsAndWritesTheSame) {
  std::vector<RegionCode> codes;
  RegionLevel level = RegionLevel::kNation;
  for (const char* text : {"ID", "32", "32.04", "32.04.12", "32.04.12.2001"}) {
    codes.push_back(CodeOf(text));
    EXPECT_EQ(FormatRegionCode(codes.back()), text);
    EXPECT_EQ(LevelOf(codes.back()), level) << text;
    EXPECT_EQ(RegionAt(CodeOf("32.04.12.2001"), level), codes.back());
    level = static_cast<RegionLevel>(static_cast<int>(level) + 1);
  }
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
  for (std::size_t i = 1; i < codes.size(); ++i) {
    EXPECT_EQ(ParentOf(codes[i]), codes[i - 1]);
    EXPECT_TRUE(LiesIn(codes[i], codes[i - 1]));
    EXPECT_FALSE(LiesIn(codes[i - 1], codes[i]));
  }
  EXPECT_FALSE(LiesIn(CodeOf("32.05"), CodeOf("32.04")));
  EXPECT_EQ(FormatRegionCode(LastIn(CodeOf("32.04"))), "32.04.99.9999");
}

TEST(RegionCode, OfAnotherFormIsNone) {
  for (const char* text :
       {"", "3", "320", "32.", "32.4", "32.04.", "32-04", "32.04.12.201", "32.04.12.20011", "00",
        "32.00", "32.04.00", "32.04.12.0000", "3a", "id", " 32", "32.04.12.2001 ", "3204122001"}) {
    EXPECT_FALSE(ParseRegionCode(text).has_value()) << text;
  }
}

// Lines of a file of the package, by code; the first column is the code, the last the name.
std::map<std::string, std::string> Rows(const std::string& file) {
  std::ifstream in("node_modules/idn-area-data/data/" + file);
  std::map<std::string, std::string> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    // Where a name is quoted it has no quotes inside.
    const std::size_t code = line.find(',');
    const bool quoted = line.back() == '"';
    const std::size_t name = quoted ? line.rfind('"', line.size() - 2) : line.rfind(',');
    rows[line.substr(0, code)] = line.substr(name + 1, line.size() - name - 1 - (quoted ? 1 : 0));
  }
  return rows;
}

TEST(Regions, BuiltInHasEveryRegionOfThePackage) {
  const Regions& regions = Regions::BuiltIn();
  std::size_t seen = 0;
  for (const char* file : {"provinces.csv", "regencies.csv", "districts.csv", "villages.csv"}) {
    const auto rows = Rows(file);
    ASSERT_GE(rows.size(), 38U) << file;
    seen += rows.size();
    for (const auto& [code, name] : rows) {
      const Region* region = regions.Find(CodeOf(code));
      ASSERT_NE(region, nullptr) << code;
      EXPECT_EQ(region->name, name) << code;
      EXPECT_TRUE(regions.Has(ParentOf(region->code))) << code;
    }
  }
  EXPECT_EQ(seen, regions.all().size());
  EXPECT_EQ(regions.source(), "idn-area-data 3.1.2, ODbL-1.0");
  EXPECT_EQ(regions.version().size(), regions.source().size() + 14);
}

TEST(Regions, HaveNamesAndChildren) {
  const Regions& regions = Regions::BuiltIn();
  EXPECT_EQ(regions.NameOf(kNation), "Indonesia");
  EXPECT_EQ(regions.NameOf(CodeOf("11")), "ACEH");
  EXPECT_EQ(regions.NameOf(CodeOf("11.01.01.2001")), "Keude Bakongan");
  EXPECT_EQ(regions.NameOf(CodeOf("99")), "");
  EXPECT_EQ(regions.Children(kNation).size(), 38U);
  std::size_t regencies = 0;
  std::size_t villages = 0;
  for (const Region& province : regions.Children(kNation)) {
    for (const Region& regency : regions.Children(province.code)) {
      ++regencies;
      EXPECT_EQ(LevelOf(regency.code), RegionLevel::kRegency);
      for (const Region& district : regions.Children(regency.code)) {
        villages += regions.Children(district.code).size();
      }
    }
  }
  EXPECT_EQ(regencies, 514U);
  EXPECT_EQ(villages, 83'763U);
  EXPECT_TRUE(regions.Children(CodeOf("11.01.01.2001")).empty());
  EXPECT_TRUE(regions.Children(CodeOf("99")).empty());
}

// What a code that the list does not have still tells of where the cooperative is.
TEST(Regions, PlaceAVillageThatIsNotInTheListByTheBeginningOfItsCode) {
  const Regions& regions = Regions::BuiltIn();
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"11.01.01.2001", "11.01.01.2001"},
      {"11.01.01.9999", "11.01.01"},
      {"11.01.98.2001", "11.01"},
      {"11.98.01.2001", "11"},
      {"98.01.01.2001", "ID"},
      {"", "ID"},
      {"Bakongan", "ID"},
      {"11.01.01", "11.01.01"},
      {"11.98", "ID"}};
  for (const auto& [village, in] : cases) {
    const VillagePlace place = regions.PlaceOf(village);
    EXPECT_EQ(FormatRegionCode(place.in), in) << village;
    EXPECT_EQ(place.is_listed, std::string_view(village) == "11.01.01.2001") << village;
  }
}

TEST(Regions, RefuseWhatIsNoListOfThem) {
  const std::string head = "lumbung regions 1\nmade up, CC0\n";
  EXPECT_TRUE(Regions::Parse(head).ok());
  EXPECT_TRUE(Regions::Parse(head + "P11 A\nR01 B\nD01 C\nV2001 D\nP12 E\n").ok());
  for (const char* text :
       {"P1 A\n", "P11A\n", "R01 B\n", "P11 A\nD01 C\n", "P12 A\nP11 B\n", "P11 A\nP11 A\n",
        "P11 A\nR00 B\n", "I01 A\n", "P11 A\nV2001 D\n", "\n", "P11 A\nR0a B\n"}) {
    EXPECT_FALSE(Regions::Parse(head + text).ok()) << text;
  }
  EXPECT_FALSE(Regions::Parse("").ok());
  EXPECT_FALSE(Regions::Parse("lumbung regions 2\nmade up, CC0\n").ok());
  // Another text is another version, whatever it says of itself.
  EXPECT_NE(Regions::Parse(head + "P11 A\n")->version(), Regions::Parse(head)->version());
}

}  // namespace
}  // namespace lumbung
