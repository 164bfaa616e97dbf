// The file LEDGER: read back as written, and damage to it is found.
#include "engine/commit/ledger_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/commands.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

TEST(LedgerFile, IsReadAsItWasWritten) {
  const TemporaryDirectory dir;
  const LedgerInfo info{TimeId(1), "koperasi.example/ledger", 12};
  ASSERT_TRUE(WriteLedgerFile(dir.path(), info).ok());
  const LedgerInfo read = Must(ReadLedgerFile(dir.path()));
  EXPECT_EQ(read.ledger_id, info.ledger_id);
  EXPECT_EQ(read.origin, info.origin);
  EXPECT_EQ(read.shards, info.shards);
}

TEST(LedgerFile, WhereThereIsNoneThereIsNoLedger) {
  const TemporaryDirectory dir;
  const Status status = ReadLedgerFile(dir.path()).status();
  EXPECT_EQ(status.kind(), Status::Kind::kNotFound);
  EXPECT_NE(status.message().find("lumbung init"), std::string::npos);
}

TEST(LedgerFile, DamageIsFoundWhereverItIs) {
  const TemporaryDirectory dir;
  ASSERT_TRUE(WriteLedgerFile(dir.path(), {TimeId(1), "koperasi.example", 3}).ok());
  const std::string path = LedgerFilePath(dir.path());
  const std::string whole = ReadBytes(path);
  const auto expect_damage = [&](const std::string& bytes) {
    WriteBytes(path, bytes);
    EXPECT_EQ(ReadLedgerFile(dir.path()).status().kind(), Status::Kind::kCorruption) << bytes;
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      expect_damage(flipped);
    }
    expect_damage(whole.substr(0, at));
  }
  expect_damage(whole + "\n");
}

TEST(LedgerFile, OriginsAreNames) {
  EXPECT_TRUE(IsOriginName("a"));
  EXPECT_TRUE(IsOriginName("koperasi.example/barn-1_B"));
  EXPECT_TRUE(IsOriginName(std::string(64, 'x')));
  EXPECT_FALSE(IsOriginName(""));
  EXPECT_FALSE(IsOriginName(std::string(65, 'x')));
  EXPECT_FALSE(IsOriginName("two words"));
  EXPECT_FALSE(IsOriginName("a+b"));
  EXPECT_FALSE(IsOriginName("line\n"));
}

}  // namespace
}  // namespace lumbung
