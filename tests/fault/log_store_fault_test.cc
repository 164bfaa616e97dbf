// A log on a disk that fails, at each of its writes and syncs in turn: what was acknowledged is
// there, and nothing half.
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "engine/store/log_store.h"
#include "tests/support/fault_cases.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

constexpr int kBlocks = 14;

// One life of a log: made on a good disk, then opened and written to on one that fails.
class Life {
 public:
  explicit Life(const std::string& dir) : dir_(dir), disk_(std::make_shared<FaultFileSystem>()) {
    std::filesystem::create_directories(dir_);
    {
      const auto store = Must(LogStore::Create(dir_, OnDisk(std::make_shared<FaultFileSystem>())));
      EXPECT_OK(chain_.Append(*store, 20));
    }
  }

  FaultFileSystem& disk() { return *disk_; }

  // Opens and appends until something fails or all is written.
  void Live() {
    Result<std::unique_ptr<LogStore>> store = LogStore::Open(dir_, OnDisk(disk_));
    if (!store.ok()) {
      EXPECT_TRUE(disk_->fired()) << store.status().message();
      return;
    }
    store_ = std::move(*store);
    ExpectLog(*store_, chain_);
    for (int block = 0; block < kBlocks; ++block) {
      const Status status = chain_.Append(*store_, block % 3 == 2 ? 200 : 3, 120);
      if (!status.ok()) {
        EXPECT_TRUE(disk_->fired()) << status.message();
        ExpectStopped(status);
        return;
      }
    }
    ExpectLog(*store_, chain_);
  }

  void End(Aftermath aftermath) {
    if (aftermath == Aftermath::kPowerCut) {
      disk_->CutPower();
      store_.reset();
      disk_->DropUnsynced();
    } else if (store_ != nullptr) {
      const Status status = store_->Close();
      EXPECT_TRUE(status.ok() || disk_->fired()) << status.message();
      store_.reset();
    }
  }

  // On a good disk again: everything acknowledged is there, and of what was not at most the one
  // block, whole. Then it works on.
  void ExpectComesBack() {
    Result<std::unique_ptr<LogStore>> store =
        LogStore::Open(dir_, OnDisk(std::make_shared<FaultFileSystem>()));
    ASSERT_TRUE(store.ok()) << store.status().message();
    if ((*store)->head().sequence == chain_.made()) {
      chain_.AcceptPending();
    } else {
      chain_.DropPending();
    }
    ExpectLog(**store, chain_);
    EXPECT_OK(chain_.Append(**store, 7));
    EXPECT_OK((*store)->VerifyFiles());
    ExpectLog(**store, chain_);
  }

 private:
  // Buffers so small that there are flushes and compactions in between.
  static LogStoreOptions OnDisk(const std::shared_ptr<FaultFileSystem>& disk) {
    LogStoreOptions options;
    options.file_system = disk;
    options.write_buffer_bytes = 64 * 1024;
    return options;
  }

  // No more blocks, always for the same reason, and what was acknowledged can be read.
  void ExpectStopped(const Status& error) {
    BlockBuilder block;
    block.Reserve(chain_.acknowledged() + 1, 0);
    block.Finish();
    for (int i = 0; i < 2; ++i) {
      const Status again = store_->Append(block, {}, Hash{});
      EXPECT_EQ(again.message(), error.message());
    }
    EXPECT_EQ(store_->PutMeta("name", "value").message(), error.message());
    ExpectLog(*store_, chain_);
  }

  const std::string dir_;
  const std::shared_ptr<FaultFileSystem> disk_;
  std::unique_ptr<LogStore> store_;
  TestChain chain_;
};

class LogStoreFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(LogStoreFault, AtEveryOperation) {
  const auto [fault, aftermath] = GetParam();
  // The number of operations differs from run to run, as work in the background does: go on until
  // a few runs in a row never came to the n-th.
  int quiet = 0;
  std::uint64_t faults = 0;
  for (std::uint64_t n = 1; quiet < 3; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    const TemporaryDirectory dir;
    Life life(dir / "shard");
    life.disk().Arm(fault, n);
    life.Live();
    life.End(aftermath);
    const bool fired = life.disk().fired();
    faults += fired ? 1 : 0;
    quiet = fired ? 0 : quiet + 1;
    life.ExpectComesBack();
    if (HasFailure()) {
      return;
    }
  }
  // Opening, flushes and blocks have at least that many.
  EXPECT_GT(faults, static_cast<std::uint64_t>(kBlocks));
  RecordProperty("faults", std::to_string(faults));
}

INSTANTIATE_TEST_SUITE_P(Faults, LogStoreFault, FaultCases(), FaultCaseName);

// The instrument itself: without a sync, nothing survives.
TEST(FaultFileSystem, DropsWhatWasNotSynced) {
  const TemporaryDirectory dir;
  FaultFileSystem disk;
  const rocksdb::IOOptions io;
  std::unique_ptr<rocksdb::FSDirectory> directory;
  ASSERT_TRUE(disk.NewDirectory(dir.path(), io, &directory, nullptr).ok());
  const auto make = [&](const std::string& name, const std::string& synced,
                        const std::string& unsynced) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(disk.NewWritableFile(dir / name, {}, &file, nullptr).ok());
    ASSERT_TRUE(file->Append(synced, io, nullptr).ok());
    ASSERT_TRUE(file->Sync(io, nullptr).ok());
    ASSERT_TRUE(file->Append(unsynced, io, nullptr).ok());
    ASSERT_TRUE(file->Close(io, nullptr).ok());
  };
  make("named", "kept", "gone");
  make("target", "old", "");
  ASSERT_TRUE(directory->Fsync(io, nullptr).ok());
  make("nameless", "gone", "gone");
  make("source", "new", "");
  ASSERT_TRUE(disk.RenameFile(dir / "source", dir / "target", io, nullptr).ok());
  EXPECT_EQ(ReadBytes(dir / "target"), "new");

  disk.CutPower();
  EXPECT_FALSE(directory->Fsync(io, nullptr).ok());
  disk.DropUnsynced();
  EXPECT_EQ(ReadBytes(dir / "named"), "kept");
  EXPECT_EQ(ReadBytes(dir / "target"), "old");
  EXPECT_FALSE(std::filesystem::exists(dir / "nameless"));
  EXPECT_FALSE(std::filesystem::exists(dir / "source"));
}

}  // namespace
}  // namespace lumbung
