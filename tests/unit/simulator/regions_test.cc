#include "engine/simulator/regions.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::HasSubstr;

constexpr const char* kPackage = "node_modules/idn-area-data/data";

class RegionsTest : public testing::Test {
 protected:
  RegionsTest() {
    std::string pattern = testing::TempDir() + "regions_XXXXXX";
    dir_ = mkdtemp(pattern.data());
    Write("provinces", "code,name\n92,PAPUA BARAT\n");
    Write("regencies", "code,province_code,name\n92.02,92,KABUPATEN MANOKWARI\n");
    Write("districts", "code,regency_code,name\n92.02.01,92.02,Warmare\n");
    Write("villages", "code,district_code,name\n92.02.01.2001,92.02.01,Soka\"an\n");
  }
  ~RegionsTest() override { std::filesystem::remove_all(dir_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ + "/" + name + ".csv", std::ios::binary) << text;
  }
  std::string Error() { return ReadVillages(dir_).status().message(); }

  std::string dir_;
};

TEST_F(RegionsTest, NamesAVillageUpToItsProvince) {
  const auto villages = ReadVillages(dir_);
  ASSERT_TRUE(villages.ok()) << villages.status().message();
  ASSERT_EQ(villages->size(), 1u);
  const Village& village = villages->front();
  EXPECT_EQ(village.code, "92.02.01.2001");
  EXPECT_EQ(village.name, "Soka\"an");
  EXPECT_EQ(village.district, "Warmare");
  EXPECT_EQ(village.regency, "KABUPATEN MANOKWARI");
  EXPECT_EQ(village.province, "PAPUA BARAT");
  EXPECT_EQ(village.utc_offset_minutes, 540);
}

TEST_F(RegionsTest, SaysWhichFileIsWrong) {
  Write("villages", "code,district_code,name\n92.02.01.2001,92.02.02,X\n");
  EXPECT_THAT(Error(), HasSubstr("no district, regency, province or time zone for 92.02.01.2001"));
  Write("villages", "code,district_code,name\n92.02.01.2001,92.02.01\n");
  EXPECT_THAT(Error(), HasSubstr("villages.csv:2: is no list of regions"));
  Write("villages", "id,district_code,name\n");
  EXPECT_THAT(Error(), HasSubstr("villages.csv:1: is no list of regions"));
  Write("villages", "");
  EXPECT_THAT(Error(), HasSubstr("villages.csv: is empty"));
  std::filesystem::remove(dir_ + "/villages.csv");
  EXPECT_EQ(ReadVillages(dir_).status().kind(), Status::Kind::kNotFound);
}

TEST(TimeZoneTest, FollowsTheProvince) {
  for (const char* western : {"11", "21", "31", "36", "61", "62"}) {
    EXPECT_EQ(UtcOffsetOfProvince(western), 420) << western;
  }
  for (const char* central : {"51", "53", "63", "65", "71", "76"}) {
    EXPECT_EQ(UtcOffsetOfProvince(central), 480) << central;
  }
  for (const char* eastern : {"81", "82", "91", "96"}) {
    EXPECT_EQ(UtcOffsetOfProvince(eastern), 540) << eastern;
  }
  for (const char* none :
       {"", "x", "10", "37", "50", "54", "60", "66", "77", "80", "83", "90", "97", "-11"}) {
    EXPECT_EQ(UtcOffsetOfProvince(none), std::nullopt) << none;
  }
}

TEST(RegionsDataTest, ReadsEveryVillageOfThePackage) {
  if (!std::filesystem::exists(kPackage)) {
    GTEST_SKIP() << "SKIPPED: " << kPackage << " is not there; ./dev setup demo installs it";
  }
  const auto villages = ReadVillages(kPackage);
  ASSERT_TRUE(villages.ok()) << villages.status().message();
  std::set<std::string> codes;
  for (const Village& village : *villages) codes.insert(village.code);
  EXPECT_EQ(codes.size(), villages->size());
  EXPECT_EQ(villages->size(), 83'763u);
  EXPECT_EQ(villages->front().name, "Keude Bakongan");
  EXPECT_EQ(villages->front().province, "ACEH");
}

}  // namespace
}  // namespace lumbung
