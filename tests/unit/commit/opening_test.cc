// What a shard is not opened with.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

TEST_F(ShardTest, AnotherFormatIsNotOpened) {
  ASSERT_TRUE(std::filesystem::create_directories(dir_));
  v1::LedgerCreated created = MakeLedgerCreated();
  created.set_format_version(2);
  ASSERT_TRUE(Shard::Create(dir_, created, options_).ok());
  const auto opened = Shard::Open(dir_, options_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().kind(), Status::Kind::kRefused);
  EXPECT_NE(opened.status().message().find("format 2"), std::string::npos)
      << opened.status().message();
}

}  // namespace
}  // namespace lumbung
