#include "engine/store/recovery.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/store/log_store.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

LogStoreOptions Finishing() {
  LogStoreOptions options;
  options.finishing_recovery = true;
  return options;
}

// A log with several tables, blocks that are in the WAL alone, and something derived from it.
class RecoveryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    LogStoreOptions options;
    options.write_buffer_bytes = 64 * 1024;
    {
      const auto store = Must(LogStore::Create(dir(), options));
      ASSERT_TRUE(store->PutMeta("name", "value").ok());
      ASSERT_TRUE(store->Close().ok());
    }
    // Each Close leaves a table at least, whatever the threads in the background had time for.
    for (int table = 0; table < 2; ++table) {
      const auto store = Must(LogStore::Open(dir(), options));
      for (int block = 0; block < 6; ++block) {
        ASSERT_TRUE(chain_.Append(*store, 100, 150).ok());
      }
      ASSERT_TRUE(store->Close().ok());
    }
    in_tables_ = chain_.acknowledged();
    const auto store = Must(LogStore::Open(dir(), {}));
    for (int block = 0; block < 6; ++block) {
      ASSERT_TRUE(chain_.Append(*store, 5).ok());
    }
    fs::create_directory(dir_ / "derived");
    WriteBytes(dir_ / "derived/file", "derived");
  }

  const std::string& dir() const { return dir_.path(); }
  std::string Wal() const { return FilesEnding(dir_ / "log", ".log").back(); }
  // The tables with events, oldest first; those of other families are small.
  std::string Table(std::size_t i) const {
    std::vector<std::string> tables = FilesEnding(dir_ / "log", ".sst");
    std::erase_if(tables, [](const std::string& path) { return fs::file_size(path) < 10'000; });
    EXPECT_GT(tables.size(), i);
    return tables[i];
  }

  static void Flip(const std::string& path, double where) {
    std::string bytes = ReadBytes(path);
    char& byte = bytes[static_cast<std::size_t>(where * static_cast<double>(bytes.size()))];
    byte = static_cast<char>(byte ^ 4);
    WriteBytes(path, bytes);
  }

  // Recovers, and expects the log to open with the first `good` events, to take more, and the
  // damaged one to be kept byte by byte.
  void ExpectRecovers(std::uint64_t good) {
    const auto damaged =
        fs::exists(dir_ / "log") ? Contents(dir_ / "log") : std::map<std::string, std::string>();
    const RecoveryReport report = Must(InspectDamage(dir()));
    EXPECT_FALSE(report.damage.empty());
    EXPECT_EQ(report.good, chain_.HeadAt(good));
    const RecoveryReport done = Must(RecoverLog(dir(), report.good));
    EXPECT_EQ(done.good, report.good);
    EXPECT_EQ(done.kept_as, 1);
    if (!damaged.empty()) {
      EXPECT_TRUE(Contents(dir_ / "log.damaged-1") == damaged);
    }
    ExpectFinishes(good);
  }

  // What the caller of RecoverLog does after it.
  void ExpectFinishes(std::uint64_t good) {
    EXPECT_FALSE(fs::exists(dir_ / "derived"));
    EXPECT_FALSE(fs::exists(dir_ / "recovering"));
    EXPECT_EQ(LogStore::Open(dir(), {}).status().kind(), Status::Kind::kRefused);
    {
      const auto store = Must(LogStore::Open(dir(), Finishing()));
      ExpectLog(*store, chain_, good);
      EXPECT_EQ(Must(store->GetMeta("name")), "value");
    }
    EXPECT_OK(FinishRecovery(dir()));
    const auto store = Must(LogStore::Open(dir(), {}));
    ExpectLog(*store, chain_, good);
    EXPECT_OK(store->VerifyFiles());
  }

  const TemporaryDirectory dir_;
  TestChain chain_;
  std::uint64_t in_tables_ = 0;
};

TEST_F(RecoveryTest, AnUndamagedLogIsLeftAlone) {
  const auto before = Contents(dir());
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(report.damage, "");
  EXPECT_EQ(report.good, chain_.HeadAt(chain_.acknowledged()));
  EXPECT_EQ(report.lost, report.good);
  EXPECT_EQ(report.events_lost(), 0U);
  EXPECT_EQ(RecoverLog(dir(), report.good).status().kind(), Status::Kind::kRefused);
  EXPECT_TRUE(Contents(dir()) == before);
}

TEST_F(RecoveryTest, NoLogAtAll) {
  const TemporaryDirectory empty;
  EXPECT_EQ(InspectDamage(empty.path()).status().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(RecoverLog(empty.path(), Head{}).status().kind(), Status::Kind::kNotFound);
  EXPECT_TRUE(fs::is_empty(empty.path()));
}

TEST_F(RecoveryTest, InspectingChangesNothing) {
  Flip(Wal(), 0.5);
  Flip(Table(0), 0.5);
  const auto before = Contents(dir());
  (void)Must(InspectDamage(dir()));
  EXPECT_TRUE(Contents(dir()) == before);
}

TEST_F(RecoveryTest, ADamagedBlockInTheWal) {
  // The six blocks of the WAL are of one size: the fourth goes, and with it those after it.
  Flip(Wal(), 3.5 / 6);
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));
  EXPECT_EQ(report.events_lost(), 15U);
  EXPECT_NE(report.ended_by.find("event " + std::to_string(in_tables_ + 16)), std::string::npos)
      << report.ended_by;
  ExpectRecovers(in_tables_ + 15);
}

TEST_F(RecoveryTest, AMissingWal) {
  fs::remove(Wal());
  ExpectRecovers(in_tables_);
}

TEST_F(RecoveryTest, ADamagedTable) {
  // What is before it stays.
  Flip(Table(1), 0.6);
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_GT(report.good.sequence, 0U);
  EXPECT_LT(report.good.sequence, in_tables_);
  EXPECT_NE(report.damage.find("checksum"), std::string::npos) << report.damage;
  EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));
  ExpectRecovers(report.good.sequence);
}

TEST_F(RecoveryTest, AManifestThatIsGone) {
  fs::remove(FilesBeginning(dir_ / "log", "MANIFEST-")[0]);
  ExpectRecovers(chain_.acknowledged());
}

TEST_F(RecoveryTest, AManifestThatIsDamaged) {
  Flip(FilesBeginning(dir_ / "log", "MANIFEST-")[0], 0.5);
  ExpectRecovers(chain_.acknowledged());
}

TEST_F(RecoveryTest, CurrentIsGone) {
  fs::remove(dir_ / "log/CURRENT");
  ExpectRecovers(chain_.acknowledged());
}

TEST_F(RecoveryTest, HeadIsDamaged) {
  Flip(dir_ / "HEAD", 0.02);
  ExpectRecovers(chain_.acknowledged());
  EXPECT_TRUE(fs::exists(dir_ / "HEAD.damaged-1"));
}

TEST_F(RecoveryTest, HeadIsGone) {
  fs::remove(dir_ / "HEAD");
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));
  ExpectRecovers(chain_.acknowledged());
}

TEST_F(RecoveryTest, OnlyHeadKnowsWhatIsLost) {
  fs::remove(Wal());
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(report.good, chain_.HeadAt(in_tables_));
  EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));
  EXPECT_EQ(report.events_lost(), 30U);
}

TEST_F(RecoveryTest, NothingLeftToRecover) {
  fs::remove_all(dir_ / "log");
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(report.good, Head{});
  EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));
  EXPECT_EQ(RecoverLog(dir(), report.good).status().kind(), Status::Kind::kRefused);
  EXPECT_FALSE(fs::exists(dir_ / "log"));
  EXPECT_TRUE(fs::exists(dir_ / "HEAD"));
}

TEST_F(RecoveryTest, DoesOnlyWhatWasAgreed) {
  fs::remove(Wal());
  const auto before = Contents(dir());
  EXPECT_EQ(RecoverLog(dir(), chain_.HeadAt(in_tables_ - 1)).status().kind(),
            Status::Kind::kRefused);
  EXPECT_TRUE(Contents(dir()) == before);
}

TEST_F(RecoveryTest, ASecondDamageIsKeptBesideTheFirst) {
  fs::remove(Wal());
  ExpectRecovers(in_tables_);
  fs::remove(dir_ / "log/CURRENT");
  const RecoveryReport report = Must(InspectDamage(dir()));
  EXPECT_EQ(Must(RecoverLog(dir(), report.good)).kept_as, 2);
  EXPECT_TRUE(fs::exists(dir_ / "log.damaged-1"));
  EXPECT_TRUE(fs::exists(dir_ / "log.damaged-2"));
  ExpectFinishes(in_tables_);
}

// Stopped before each step in turn, and run again.
TEST_F(RecoveryTest, InterruptedAnywhereItGoesOn) {
  const TemporaryDirectory base;
  fs::remove(Wal());
  CopyDirectory(dir(), base / "base");
  const auto damaged = Contents(dir_ / "log");
  const Head good = chain_.HeadAt(in_tables_);

  std::vector<std::string> steps;
  RecoveryOptions options;
  options.before_step = [&](std::string_view step) {
    steps.emplace_back(step);
    return Status::Ok();
  };
  EXPECT_TRUE(RecoverLog(dir(), good, options).ok());
  EXPECT_EQ(steps, (std::vector<std::string>{"mark", "delete derived", "set aside /log",
                                             "set aside /HEAD", "put in place /log",
                                             "put in place /HEAD", "delete recovering"}));
  for (const std::string& stop : steps) {
    SCOPED_TRACE(stop);
    for (const fs::directory_entry& entry : fs::directory_iterator(dir())) {
      fs::remove_all(entry.path());
    }
    fs::copy(base / "base", dir(), fs::copy_options::recursive);
    options.before_step = [&](std::string_view step) {
      return step == stop ? Status::Cancelled("here") : Status::Ok();
    };
    EXPECT_EQ(RecoverLog(dir(), good, options).status().kind(), Status::Kind::kCancelled);

    // Nothing opens in between, not even for the end of a recovery.
    LogStoreOptions reading = Finishing();
    reading.read_only = true;
    EXPECT_FALSE(LogStore::Open(dir(), reading).ok());
    EXPECT_EQ(FinishRecovery(dir()).kind(), Status::Kind::kRefused);
    const RecoveryReport report = Must(InspectDamage(dir()));
    EXPECT_EQ(report.good, good);
    EXPECT_EQ(report.lost, chain_.HeadAt(chain_.acknowledged()));

    const RecoveryReport done = Must(RecoverLog(dir(), good));
    EXPECT_EQ(done.good, good);
    EXPECT_EQ(done.lost, report.lost);
    EXPECT_EQ(done.events_lost(), 30U);
    EXPECT_TRUE(Contents(dir_ / "log.damaged-1") == damaged);
    EXPECT_TRUE(fs::exists(dir_ / "HEAD.damaged-1"));
    EXPECT_FALSE(fs::exists(dir_ / "log.damaged-2"));
    ExpectFinishes(in_tables_);
  }
}

// Between RecoverLog and FinishRecovery the caller appends; run again, the same report comes.
TEST_F(RecoveryTest, TheReportStaysUntilFinished) {
  fs::remove(Wal());
  const RecoveryReport first = Must(RecoverLog(dir(), chain_.HeadAt(in_tables_)));
  const RecoveryReport again = Must(RecoverLog(dir(), chain_.HeadAt(in_tables_)));
  EXPECT_EQ(again.good, first.good);
  EXPECT_EQ(again.lost, first.lost);
  EXPECT_EQ(again.kept_as, first.kept_as);
  EXPECT_EQ(again.damage, first.damage);
  EXPECT_EQ(again.ended_by, first.ended_by);
  EXPECT_FALSE(fs::exists(dir_ / "log.damaged-2"));
  ExpectFinishes(in_tables_);
}

}  // namespace
}  // namespace lumbung
