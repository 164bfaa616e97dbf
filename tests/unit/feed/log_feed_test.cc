#include "engine/feed/log_feed.h"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "engine/store/log_keys.h"
#include "engine/store/rocks_status.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

using std::chrono::milliseconds;

// Long enough for any machine; nothing that is right waits for it.
constexpr milliseconds kLong{60'000};

class LogFeedTest : public ::testing::Test {
 protected:
  // What Next gives from where the feed stands, which must be the chain's events from `first` on.
  void ExpectEvents(LogFeed& feed, std::uint64_t first, std::uint64_t last) {
    FeedEvent event;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
      ASSERT_TRUE(feed.Next(event)) << "event " << sequence << ": " << feed.status().message();
      ASSERT_EQ(event.sequence, sequence);
      ASSERT_EQ(event.bytes, chain_.event(sequence));
    }
    EXPECT_FALSE(feed.Next(event));
    EXPECT_OK(feed.status());
  }

  const TemporaryDirectory dir_;
  TestChain chain_;
  std::unique_ptr<LogStore> log_ = Must(LogStore::Create(dir_.path(), {}));
};

TEST_F(LogFeedTest, AnEmptyLogHasNothingYet) {
  LogFeed feed(*log_);
  ExpectEvents(feed, 1, 0);
  EXPECT_EQ(feed.Head(), 0U);
  EXPECT_FALSE(feed.Wait(milliseconds(0)));
}

TEST_F(LogFeedTest, GivesEveryEventFromAnySequence) {
  for (const std::size_t events : {1, 700, 3, 900}) {
    ASSERT_TRUE(chain_.Append(*log_, events, 200).ok());
  }
  LogFeed feed(*log_);
  ExpectEvents(feed, 1, 1'604);
  for (const std::uint64_t first : {1U, 2U, 350U, 701U, 702U, 1'604U, 1'605U}) {
    feed.Seek(first);
    ExpectEvents(feed, first, 1'604);
  }
  EXPECT_EQ(feed.Head(), 1'604U);
}

TEST_F(LogFeedTest, GoesOnWithWhatComesLater) {
  LogFeed feed(*log_);
  std::uint64_t seen = 0;
  for (const std::size_t events : {5, 1, 2'000, 1}) {
    ASSERT_TRUE(chain_.Append(*log_, events).ok());
    ExpectEvents(feed, seen + 1, chain_.made());
    seen = chain_.made();
  }
}

TEST_F(LogFeedTest, WaitsForASequenceThatIsYetToCome) {
  LogFeed feed(*log_);
  feed.Seek(4);
  ASSERT_TRUE(chain_.Append(*log_, 3).ok());
  ExpectEvents(feed, 4, 3);
  EXPECT_FALSE(feed.Wait(milliseconds(0)));
  ASSERT_TRUE(chain_.Append(*log_, 2).ok());
  EXPECT_TRUE(feed.Wait(milliseconds(0)));
  ExpectEvents(feed, 4, 5);
}

TEST_F(LogFeedTest, IsWokenWhenTheNextEventIsDurable) {
  struct Asked {
    std::uint64_t sequence;
    std::function<void()> wake;
  };
  std::vector<Asked> asked;
  LogFeed feed(*log_, [&](std::uint64_t sequence, std::function<void()> wake) {
    asked.push_back({sequence, std::move(wake)});
  });
  EXPECT_FALSE(feed.Wait(milliseconds(0)));
  EXPECT_FALSE(feed.Wait(milliseconds(0)));
  ASSERT_EQ(asked.size(), 1U) << "who waits again asks once";
  EXPECT_EQ(asked[0].sequence, 1U);

  std::future<bool> waited = std::async(std::launch::async, [&] { return feed.Wait(kLong); });
  ASSERT_TRUE(chain_.Append(*log_, 2).ok());
  asked[0].wake();
  EXPECT_TRUE(waited.get());
  ExpectEvents(feed, 1, 2);

  EXPECT_FALSE(feed.Wait(milliseconds(0)));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1].sequence, 3U);
}

TEST_F(LogFeedTest, TheShardMayCallAfterTheFeedIsGone) {
  std::function<void()> wake;
  {
    LogFeed feed(*log_, [&](std::uint64_t, std::function<void()> given) { wake = given; });
    EXPECT_FALSE(feed.Wait(milliseconds(0)));
  }
  wake();
}

TEST_F(LogFeedTest, WakeEndsTheWaitThatIsUnderWayOrTheNext) {
  LogFeed feed(*log_);
  feed.Wake();
  EXPECT_FALSE(feed.Wait(kLong));
  std::future<bool> waited = std::async(std::launch::async, [&] { return feed.Wait(kLong); });
  feed.Wake();
  EXPECT_FALSE(waited.get());
}

TEST_F(LogFeedTest, GetsOneEventWhereverItStands) {
  ASSERT_TRUE(chain_.Append(*log_, 10).ok());
  LogFeed feed(*log_);
  FeedEvent event;
  ASSERT_TRUE(feed.Next(event));
  EXPECT_EQ(Must(feed.Get(7)), chain_.event(7));
  EXPECT_EQ(feed.Get(11).status().kind(), Status::Kind::kNotFound);
  ExpectEvents(feed, 2, 10);
}

// A segment whose lengths are wrong, under the database's own checksums.
TEST_F(LogFeedTest, StopsAtWhatCantBeRead) {
  ASSERT_TRUE(chain_.Append(*log_, 10).ok());
  ASSERT_TRUE(chain_.Append(*log_, 10).ok());
  ASSERT_TRUE(chain_.Append(*log_, 10).ok());
  ASSERT_TRUE(log_->Close().ok());
  {
    const std::string path = dir_ / "log";
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, path, families, &handles, &db).ok());
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      if (handle->GetName() == "blocks") {
        const SegmentKey key = MakeSegmentKey(11);
        std::string value;
        ASSERT_TRUE(db->Get({}, handle, AsSlice(key), &value).ok());
        value.pop_back();
        ASSERT_TRUE(db->Put({}, handle, AsSlice(key), value).ok());
        // The log checks what its WAL holds when it is opened.
        ASSERT_TRUE(db->Flush({}, handle).ok());
      }
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
    ASSERT_TRUE(db->Close().ok());
    delete db;
  }
  log_ = Must(LogStore::Open(dir_.path(), {}));
  LogFeed feed(*log_);
  FeedEvent event;
  for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) {
    ASSERT_TRUE(feed.Next(event));
  }
  EXPECT_FALSE(feed.Next(event));
  EXPECT_EQ(feed.status().kind(), Status::Kind::kCorruption);
  EXPECT_FALSE(feed.Next(event)) << "it stays so";
  feed.Seek(21);
  ExpectEvents(feed, 21, 30);
}

}  // namespace
}  // namespace lumbung
