#include "engine/store/log_store.h"

#include <filesystem>
#include <memory>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

LogStoreOptions SmallBuffers() {
  LogStoreOptions options;
  options.write_buffer_bytes = 128 * 1024;
  return options;
}

LogStoreOptions ReadOnly() {
  LogStoreOptions options;
  options.read_only = true;
  return options;
}

class LogStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<LogStore> Create(const LogStoreOptions& options = {}) {
    return Must(LogStore::Create(dir_.path(), options));
  }
  std::unique_ptr<LogStore> Open(const LogStoreOptions& options = {}) {
    return Must(LogStore::Open(dir_.path(), options));
  }

  const TemporaryDirectory dir_;
  TestChain chain_;
};

TEST_F(LogStoreTest, AnEmptyLog) {
  {
    const auto store = Create();
    EXPECT_EQ(store->head(), Head{});
    ExpectLog(*store, chain_);
    EXPECT_EQ(store->ReadEvent(0).status().kind(), Status::Kind::kNotFound);
    EXPECT_EQ(store->ReadTile(1, 0).status().kind(), Status::Kind::kNotFound);
    EXPECT_EQ(store->GetMeta("name").status().kind(), Status::Kind::kNotFound);
  }
  ExpectLog(*Open(), chain_);
}

TEST_F(LogStoreTest, KeepsBlocksOfAllSizes) {
  const auto store = Create();
  for (const std::size_t events : {1, 3, 500, 1, 2'000}) {
    EXPECT_OK(chain_.Append(*store, events));
    ExpectLog(*store, chain_);
  }
  // The largest events there are, each in a segment of its own.
  EXPECT_OK(chain_.Append(*store, 3, kMaxEventBytes));
  EXPECT_EQ(chain_.event(chain_.made()).size(), kMaxEventBytes);
  ExpectLog(*store, chain_);
}

TEST_F(LogStoreTest, IsTheSameAfterClosing) {
  {
    const auto store = Create();
    EXPECT_OK(chain_.Append(*store, 700));
    EXPECT_OK(store->Close());
  }
  {
    const auto store = Open();
    ExpectLog(*store, chain_);
    EXPECT_OK(chain_.Append(*store, 5));
    EXPECT_OK(store->Close());
  }
  ExpectLog(*Open(), chain_);
}

TEST_F(LogStoreTest, LosesNothingWithoutClose) {
  for (int i = 0; i < 4; ++i) {
    const auto store = i == 0 ? Create(SmallBuffers()) : Open(SmallBuffers());
    ExpectLog(*store, chain_);
    for (int block = 0; block < 5; ++block) {
      EXPECT_OK(chain_.Append(*store, 300));
    }
  }
  ExpectLog(*Open(), chain_);
}

TEST_F(LogStoreTest, ReadsEveryEvent) {
  const auto store = Create(SmallBuffers());
  for (int block = 0; block < 6; ++block) {
    EXPECT_OK(chain_.Append(*store, 400, 300));
  }
  for (std::uint64_t sequence = 1; sequence <= chain_.made(); ++sequence) {
    ASSERT_EQ(Must(store->ReadEvent(sequence)), chain_.event(sequence)) << sequence;
  }
}

TEST_F(LogStoreTest, ForEachHasBothEnds) {
  const auto store = Create();
  EXPECT_OK(chain_.Append(*store, 1'000));
  EXPECT_OK(chain_.Append(*store, 1'000));
  for (const auto& [from, through] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {1, 1}, {1, 2'000}, {999, 1'002}, {640, 641}, {2'000, 2'000}, {1'500, 9'000}}) {
    std::uint64_t next = from;
    EXPECT_OK(store->ForEach(from, through, [&](std::uint64_t sequence, std::string_view event) {
      EXPECT_EQ(sequence, next);
      EXPECT_EQ(event, chain_.event(sequence));
      ++next;
      return Status::Ok();
    }));
    EXPECT_EQ(next, std::min<std::uint64_t>(through, 2'000) + 1);
  }
  for (const auto& [from, through] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{5, 4}, {2'001, 3'000}}) {
    EXPECT_OK(store->ForEach(from, through, [](std::uint64_t, std::string_view) {
      return Status::Cancelled("nothing should be visited");
    }));
  }
}

TEST_F(LogStoreTest, ForEachStopsWithTheVisitorsStatus) {
  const auto store = Create();
  EXPECT_OK(chain_.Append(*store, 10));
  int visited = 0;
  const Status status = store->ForEach(1, 10, [&](std::uint64_t, std::string_view) {
    return ++visited == 4 ? Status::Cancelled("enough") : Status::Ok();
  });
  EXPECT_EQ(status.kind(), Status::Kind::kCancelled);
  EXPECT_EQ(visited, 4);
}

TEST_F(LogStoreTest, ACursorEndsWhereTheLogEndedWhenItWasMade) {
  const auto store = Create();
  EXPECT_OK(chain_.Append(*store, 10));
  const auto cursor = store->Read(4);
  EXPECT_OK(chain_.Append(*store, 10));
  std::uint64_t first = 0;
  std::string_view segment;
  ASSERT_TRUE(cursor->Next(first, segment));
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(Must(SegmentReader::Open(segment)).count(), 10);
  EXPECT_FALSE(cursor->Next(first, segment));
  EXPECT_OK(cursor->status());
}

TEST_F(LogStoreTest, TheTreeGoesOnAcrossTiles) {
  constexpr std::size_t kTileEvents = kTileWidth * kTileWidth;
  {
    const auto store = Create();
    EXPECT_OK(chain_.Append(*store, kTileEvents - 1, 50));
    EXPECT_EQ(store->ReadTile(1, 0).status().kind(), Status::Kind::kNotFound);
    EXPECT_OK(chain_.Append(*store, 1, 50));
    EXPECT_EQ(Must(store->ReadTile(1, 0)).size(), kTileBytes);
    ExpectLog(*store, chain_);
    // A block that fills a tile in its middle.
    EXPECT_OK(chain_.Append(*store, kTileEvents + 700, 50));
  }
  const auto store = Open();
  Hasher hasher;
  TreeBuilder tree;
  tree.AppendSubtree(2, TileRoot(hasher, Must(store->ReadTile(1, 0))));
  EXPECT_EQ(tree.Root(), chain_.RootAt(kTileEvents));
  EXPECT_TRUE(store->ReadTile(1, 1).ok());
  EXPECT_FALSE(store->ReadTile(1, 2).ok());
  EXPECT_FALSE(store->ReadTile(2, 0).ok());
  ExpectLog(*store, chain_);
}

TEST_F(LogStoreTest, Meta) {
  {
    const auto store = Create();
    EXPECT_OK(store->PutMeta("name", "one"));
    EXPECT_OK(store->PutMeta("name", std::string("t\0wo", 4)));
    EXPECT_EQ(Must(store->GetMeta("name")), std::string("t\0wo", 4));
  }
  EXPECT_EQ(Must(Open()->GetMeta("name")), std::string("t\0wo", 4));
}

TEST_F(LogStoreTest, OneSyncABlock) {
  const auto store = Create();
  const LogStoreStats before = store->Stats();
  for (int block = 0; block < 20; ++block) {
    EXPECT_OK(chain_.Append(*store, 50));
  }
  const LogStoreStats after = store->Stats();
  EXPECT_EQ(after.blocks_written - before.blocks_written, 20U);
  EXPECT_EQ(after.fsyncs - before.fsyncs, 20U);
  EXPECT_GT(after.fsync_nanos, before.fsync_nanos);
  const auto counted = [](const LogStoreStats& stats) {
    return std::accumulate(stats.fsyncs_by_time.begin(), stats.fsyncs_by_time.end(),
                           std::uint64_t{0});
  };
  EXPECT_EQ(counted(after) - counted(before), 20U) << "each by its time";
  std::size_t bytes = 0;
  for (std::uint64_t sequence = 1; sequence <= chain_.made(); ++sequence) {
    bytes += chain_.event(sequence).size();
  }
  EXPECT_EQ(after.event_bytes - before.event_bytes, bytes);
}

// What is written is the WAL and one table: compaction moves tables and never writes them again.
TEST_F(LogStoreTest, WritesEachByteTwice) {
  const auto store = Create(SmallBuffers());
  for (int block = 0; block < 200; ++block) {
    EXPECT_OK(chain_.Append(*store, 150, 400));
  }
  const LogStoreStats stats = store->Stats();
  EXPECT_GT(FilesEnding(dir_ / "log", ".sst").size(), 5U);
  EXPECT_LT(static_cast<double>(stats.bytes_written), 2.2 * static_cast<double>(stats.event_bytes));
  EXPECT_GT(static_cast<double>(stats.bytes_written), 1.8 * static_cast<double>(stats.event_bytes));
  EXPECT_GT(stats.bytes_on_disk, stats.event_bytes);
  EXPECT_OK(store->VerifyFiles());
  ExpectLog(*store, chain_);
}

TEST_F(LogStoreTest, CreateRefusesWhereThereIsOne) {
  Create();
  EXPECT_EQ(LogStore::Create(dir_.path(), {}).status().kind(), Status::Kind::kInvalidArgument);
  ExpectLog(*Open(), chain_);
}

TEST_F(LogStoreTest, OpenMakesNothing) {
  EXPECT_EQ(LogStore::Open(dir_.path(), {}).status().kind(), Status::Kind::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
  EXPECT_EQ(LogStore::Open(dir_ / "absent", {}).status().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(LogStore::Create(dir_ / "absent", {}).status().kind(), Status::Kind::kNotFound);
}

TEST_F(LogStoreTest, OneOwner) {
  const auto store = Create();
  const Result<std::unique_ptr<LogStore>> second = LogStore::Open(dir_.path(), {});
  EXPECT_EQ(second.status().kind(), Status::Kind::kBusy) << second.status().message();
}

TEST_F(LogStoreTest, ReadOnlyLeavesEveryByteAsItIs) {
  {
    const auto store = Create(SmallBuffers());
    for (int block = 0; block < 8; ++block) {
      EXPECT_OK(chain_.Append(*store, 300));
    }
  }
  const auto before = Contents(dir_.path());
  {
    const auto store = Open(ReadOnly());
    ExpectLog(*store, chain_);
    EXPECT_OK(store->VerifyFiles());
    EXPECT_OK(store->Close());
  }
  EXPECT_TRUE(Contents(dir_.path()) == before);
  ExpectLog(*Open(), chain_);
}

TEST_F(LogStoreTest, BackupWhileRunning) {
  const TemporaryDirectory copy;
  const auto store = Create(SmallBuffers());
  for (int block = 0; block < 5; ++block) {
    EXPECT_OK(chain_.Append(*store, 300));
  }
  EXPECT_OK(store->PutMeta("name", "value"));
  EXPECT_OK(store->Backup(copy.path()));
  const std::uint64_t copied = chain_.acknowledged();
  for (int block = 0; block < 5; ++block) {
    EXPECT_OK(chain_.Append(*store, 300));
  }
  {
    const auto backup = Must(LogStore::Open(copy.path(), {}));
    ExpectLog(*backup, chain_, copied);
    EXPECT_EQ(Must(backup->GetMeta("name")), "value");
    EXPECT_OK(backup->VerifyFiles());
  }
  // Neither disturbs the other, hard links or not.
  ExpectLog(*store, chain_);
  EXPECT_FALSE(store->Backup(copy.path()).ok());
}

TEST_F(LogStoreTest, OpeningAdvancesHead) {
  {
    const auto store = Create();
    EXPECT_OK(chain_.Append(*store, 10));
  }
  // As if the process had died between the fsync and HEAD.
  std::filesystem::remove(dir_ / "HEAD");
  EXPECT_OK(HeadFile::Create(dir_ / "HEAD", chain_.HeadAt(4)));
  ExpectLog(*Open(), chain_);
  EXPECT_EQ(Must(HeadFile::Open(dir_ / "HEAD")).head(), chain_.HeadAt(10));
}

}  // namespace
}  // namespace lumbung
