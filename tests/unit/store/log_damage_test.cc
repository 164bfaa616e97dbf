// Damage is found: whatever is changed, cut or deleted, a log never opens shorter in silence.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "engine/store/log_store.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// A log with several tables and blocks that are in the WAL alone, as a killed process leaves it.
class LogDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    LogStoreOptions options;
    options.write_buffer_bytes = 64 * 1024;
    fs::create_directory(base_);
    ASSERT_TRUE(Must(LogStore::Create(base_, options))->Close().ok());
    // Each Close leaves a table at least, whatever the threads in the background had time for.
    for (int table = 0; table < 2; ++table) {
      const auto store = Must(LogStore::Open(base_, options));
      for (int block = 0; block < 6; ++block) {
        ASSERT_TRUE(chain_.Append(*store, 100, 150).ok());
      }
      ASSERT_TRUE(store->Close().ok());
    }
    const auto store = Must(LogStore::Open(base_, options));
    for (int block = 0; block < 4; ++block) {
      ASSERT_TRUE(chain_.Append(*store, 5).ok());
    }
  }

  // A fresh copy of the log to do damage to.
  void Copy() {
    fs::remove_all(dir_);
    CopyDirectory(base_, dir_);
  }

  // Opens the copy and reads all of it. True if it was noticed that something is wrong; otherwise
  // everything must be there.
  bool Noticed() {
    const Result<std::unique_ptr<LogStore>> store = LogStore::Open(dir_, {});
    if (!store.ok()) {
      EXPECT_EQ(store.status().kind(), Status::Kind::kCorruption) << store.status().message();
      EXPECT_NE(store.status().message().find("`lumbung recover`"), std::string::npos)
          << store.status().message();
      return true;
    }
    if (!(*store)->VerifyFiles().ok()) {
      return true;
    }
    ExpectLog(**store, chain_);
    return false;
  }

  // Flips bits all over a file of the log, each in a fresh copy; returns how often it was noticed.
  int FlipAllOver(const std::string& name, int flips) {
    const std::string whole = ReadBytes(base_ + "/" + name);
    const std::size_t step =
        std::max<std::size_t>(whole.size() / static_cast<std::size_t>(flips), 1);
    int noticed = 0;
    for (std::size_t at = 0, bit = 0; at < whole.size(); at += step, bit = (bit + 1) % 8) {
      Copy();
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      WriteBytes(dir_ + "/" + name, flipped);
      noticed += Noticed() ? 1 : 0;
      EXPECT_FALSE(HasFailure()) << name << " byte " << at << " bit " << bit;
    }
    return noticed;
  }

  // Cuts a file of the log at places all over it, each in a fresh copy; returns how often it was
  // noticed.
  int CutAllOver(const std::string& name) {
    const std::string whole = ReadBytes(base_ + "/" + name);
    int noticed = 0;
    for (int part = 0; part < kCuts; ++part) {
      Copy();
      WriteBytes(dir_ + "/" + name,
                 whole.substr(0, whole.size() * static_cast<std::size_t>(part) / kCuts));
      noticed += Noticed() ? 1 : 0;
      EXPECT_FALSE(HasFailure()) << name << " cut to " << part << "/" << kCuts;
    }
    return noticed;
  }

  std::string Relative(const std::string& path) const { return fs::relative(path, base_); }
  std::string Wal() const {
    const auto wals = FilesEnding(base_ + "/log", ".log");
    return Relative(*std::max_element(wals.begin(), wals.end(), [](const auto& a, const auto& b) {
      return fs::file_size(a) < fs::file_size(b);
    }));
  }
  std::vector<std::string> Tables() const { return FilesEnding(base_ + "/log", ".sst"); }

  static constexpr int kCuts = 20;

  const TemporaryDirectory temporary_;
  const std::string base_ = temporary_ / "base";
  const std::string dir_ = temporary_ / "copy";
  TestChain chain_;
};

TEST_F(LogDamageTest, TheWholeLogOpens) {
  EXPECT_GT(Tables().size(), 1U);
  EXPECT_GT(fs::file_size(base_ + "/" + Wal()), 1'000U);
  Copy();
  EXPECT_FALSE(Noticed());
}

TEST_F(LogDamageTest, FlippedBitsInTheWal) {
  // Every record is checked as it is replayed, so every flip is found at opening.
  EXPECT_GE(FlipAllOver(Wal(), 150), 150);
}

TEST_F(LogDamageTest, FlippedBitsInTables) {
  EXPECT_GE(FlipAllOver(Relative(Tables().front()), 60), 60);
  EXPECT_GE(FlipAllOver(Relative(Tables().back()), 60), 60);
}

TEST_F(LogDamageTest, FlippedBitsInTheManifest) {
  const auto manifests = FilesBeginning(base_ + "/log", "MANIFEST-");
  ASSERT_EQ(manifests.size(), 1U);
  EXPECT_GE(FlipAllOver(Relative(manifests[0]), 150), 150);
}

TEST_F(LogDamageTest, FlippedBitsInSmallFiles) {
  EXPECT_EQ(FlipAllOver("HEAD", 64), 64);
  EXPECT_GE(FlipAllOver("log/CURRENT", 17), 16);
}

TEST_F(LogDamageTest, CutFiles) {
  EXPECT_EQ(CutAllOver("HEAD"), kCuts);
  EXPECT_EQ(CutAllOver("log/CURRENT"), kCuts);
  EXPECT_EQ(CutAllOver(Wal()), kCuts);
  EXPECT_EQ(CutAllOver(Relative(Tables().front())), kCuts);
  // Its last records may say nothing that the files themselves don't.
  EXPECT_GE(CutAllOver(Relative(FilesBeginning(base_ + "/log", "MANIFEST-")[0])), kCuts - 4);
}

TEST_F(LogDamageTest, DeletedFiles) {
  for (const auto& [name, bytes] : Contents(base_)) {
    Copy();
    fs::remove(dir_ + "/" + name);
    const bool matters = name == "HEAD" || name == "log/CURRENT" || name == Wal() ||
                         name.ends_with(".sst") || name.find("MANIFEST-") != std::string::npos;
    EXPECT_EQ(Noticed(), matters) << name;
  }
}

TEST_F(LogDamageTest, ADeletedLogOrHead) {
  Copy();
  fs::remove_all(dir_ + "/log");
  EXPECT_TRUE(Noticed());
  Copy();
  for (const std::string& path : FilesEnding(dir_ + "/log", ".log")) {
    fs::remove(path);
  }
  EXPECT_TRUE(Noticed());
}

TEST_F(LogDamageTest, AnotherLogsHead) {
  Copy();
  Head other = chain_.HeadAt(chain_.acknowledged());
  other.hash[5] ^= 1;
  fs::remove(dir_ + "/HEAD");
  ASSERT_TRUE(HeadFile::Create(dir_ + "/HEAD", other).ok());
  EXPECT_TRUE(Noticed());
}

// Two blocks missing in the middle of what is replayed: RocksDB itself would go on after them.
TEST_F(LogDamageTest, AWalThatBeginsTooLate) {
  const std::string later = temporary_ / "later";
  std::string first_wal;
  {
    const auto store = Must(LogStore::Open(base_, {}));
    EXPECT_OK(chain_.Append(*store, 5));
    // Without Close, the WAL has the block; copied while it is open.
    CopyDirectory(base_, later);
    EXPECT_OK(chain_.Append(*store, 5));
    EXPECT_OK(store->Close());
  }
  {
    const auto store = Must(LogStore::Open(base_, {}));
    EXPECT_OK(chain_.Append(*store, 5));
  }
  // The older database with the newer WAL under the name of its own.
  const std::string old_wal = FilesEnding(later + "/log", ".log").back();
  const std::string new_wal = FilesEnding(base_ + "/log", ".log").back();
  fs::remove(old_wal);
  fs::copy(new_wal, old_wal);
  fs::remove(later + "/HEAD");
  fs::copy(base_ + "/HEAD", later + "/HEAD");
  const Result<std::unique_ptr<LogStore>> store = LogStore::Open(later, {});
  EXPECT_EQ(store.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(store.status().message().find("missing"), std::string::npos)
      << store.status().message();
}

// An opening that refuses leaves what recovery needs: no table and no WAL is deleted.
TEST_F(LogDamageTest, ARefusedOpeningDeletesNothing) {
  Copy();
  const std::string manifest = FilesBeginning(dir_ + "/log", "MANIFEST-")[0];
  const std::string whole = ReadBytes(manifest);
  for (std::size_t size = 0; size < whole.size(); size += 31) {
    Copy();
    WriteBytes(manifest, whole.substr(0, size));
    const auto before = Contents(dir_);
    if (!Noticed()) {
      continue;
    }
    const auto after = Contents(dir_);
    for (const auto& [name, bytes] : before) {
      if (name.ends_with(".sst") || name.ends_with(".log")) {
        ASSERT_TRUE(after.contains(name)) << name << " with a manifest cut to " << size;
        ASSERT_EQ(after.at(name), bytes) << name << " with a manifest cut to " << size;
      }
    }
  }
}

}  // namespace
}  // namespace lumbung
