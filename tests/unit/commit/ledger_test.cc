// A ledger of several shards: who gets what, who owns it, its copies and its checkpoints.
#include "engine/commit/ledger.h"

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "engine/chain/hash.h"
#include "engine/store/lock.h"
#include "engine/verify/verify.h"
#include "tests/support/commands.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kShards = 3;

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.derived.cache_bytes = std::size_t{1} << 20;
    ASSERT_TRUE(Ledger::Create(dir_, "koperasi.example/barn", kShards, options_).ok());
    Open();
  }
  void Open() { ledger_ = Must(Ledger::Open(dir_, options_)); }
  void Close() {
    EXPECT_OK(ledger_->Close());
    ledger_.reset();
  }
  // A cooperative that lives in the shard.
  static std::uint64_t CooperativeIn(std::uint64_t shard) {
    std::uint64_t from = 1;
    while (ShardOf(from, kShards) != shard) {
      ++from;
    }
    return from;
  }
  // Chart and one cooperative a shard.
  void Prepare() {
    ASSERT_EQ(ledger_->Execute(PublishDefaultChart(RandomId(1'000))).code, v1::OK);
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      ASSERT_EQ(
          ledger_->Execute(RegisterCooperative(RandomId(1'001 + shard), CooperativeIn(shard))).code,
          v1::OK);
    }
  }
  std::vector<Answer> ExecuteAll(const std::vector<v1::Command>& commands) {
    std::vector<const v1::Command*> pointers;
    for (const v1::Command& command : commands) {
      pointers.push_back(&command);
    }
    return ledger_->Execute(pointers);
  }
  static PublicKey KeyOf(const std::string& dir) {
    return Must(SigningKey::FromPem(ReadBytes(CheckpointKeyPath(dir)))).public_key();
  }
  void ExpectVerified(const std::string& dir, std::uint32_t shard, std::string checkpoint) {
    VerifyOptions options;
    options.threads = 1;
    options.key = KeyOf(dir);
    options.checkpoints.push_back({"kept", std::move(checkpoint)});
    const VerifyReport report = Must(VerifyShard(ShardDir(dir, shard), options));
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_ / "barn";
  ShardOptions options_;
  std::unique_ptr<Ledger> ledger_;
};

TEST(ShardOf, IsTheHashOfTheDecimalNumber) {
  // First 8 bytes of SHA-256 of "20417", computed by sha256sum: must never change.
  EXPECT_EQ(ShardOf(20417, 1), 0U);
  const Hash hash = Sha256("20417");
  const auto number = LoadBigEndian<std::uint64_t>(hash.data());
  EXPECT_EQ(ToHex(hash).substr(0, 16), "98ed806c19143acc");
  EXPECT_EQ(ShardOf(20417, 7), number % 7);
  EXPECT_EQ(ShardOf(20417, 4096), number % 4096);
}

TEST_F(LedgerTest, EachShardKnowsWhatItIs) {
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(Must(ledger_->shard(shard).log().ReadEvent(1))));
    EXPECT_EQ(event.ledger_created().ledger_id(), ledger_->info().ledger_id);
    EXPECT_EQ(event.ledger_created().shard(), shard);
    EXPECT_EQ(event.ledger_created().shards(), kShards);
    EXPECT_EQ(event.ledger_created().origin(), "koperasi.example/barn/" + std::to_string(shard));
  }
}

TEST_F(LedgerTest, ACommandGoesToItsCooperativesShard) {
  Prepare();
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    // LedgerCreated, the chart, one cooperative.
    EXPECT_EQ(ledger_->shard(shard).head().sequence, 3U);
  }
  std::vector<v1::Command> commands;
  for (std::uint64_t i = 0; i < 30; ++i) {
    commands.push_back(
        Sale(RandomId(i), static_cast<std::int64_t>(i + 1), CooperativeIn(i % kShards)));
  }
  const auto answers = ExecuteAll(commands);
  ASSERT_EQ(answers.size(), 30U);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].code, v1::OK);
    EXPECT_EQ(answers[i].sequence, 4 + i / kShards);
  }
  EXPECT_EQ(BalanceOf(ledger_->shard(1), 1101, 0, CooperativeIn(1)),
            2 + 5 + 8 + 11 + 14 + 17 + 20 + 23 + 26 + 29);
}

TEST_F(LedgerTest, TheSameIdInTwoCooperativesIsTwoIds) {
  Prepare();
  const auto answers = ExecuteAll(
      {Sale(RandomId(1), 100, CooperativeIn(0)), Sale(RandomId(1), 200, CooperativeIn(1))});
  EXPECT_EQ(answers[0].code, v1::OK);
  EXPECT_EQ(answers[1].code, v1::OK);
  EXPECT_FALSE(answers[1].replayed);
}

TEST_F(LedgerTest, AChartThatOneShardLacksIsCompletedByARetry) {
  const v1::Command chart = PublishDefaultChart(RandomId(1));
  // As if the process had been killed between two shards.
  EXPECT_EQ(ledger_->shard(0).Execute(chart).code, v1::OK);
  const Answer answer = ledger_->Execute(chart);
  EXPECT_EQ(answer.code, v1::OK);
  EXPECT_TRUE(answer.replayed);
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    EXPECT_EQ(ledger_->shard(shard).head().sequence, 2U);
  }
  // Refused by one of them: that is the answer, whoever is first in time.
  EXPECT_EQ(ledger_->shard(2).Execute(RegisterCooperative(RandomId(3), CooperativeIn(2))).code,
            v1::OK);
  v1::Command next = chart;
  next.set_command_id(RandomId(2));
  next.mutable_publish_chart()->set_version(2);
  EXPECT_EQ(ledger_->shard(1).Execute(next).code, v1::OK);
  next.set_command_id(RandomId(4));
  const Answer refused = ledger_->Execute(next);
  EXPECT_EQ(refused.code, v1::VERSION_GAP);
}

TEST_F(LedgerTest, NothingIsAnsweredWithNothing) { EXPECT_TRUE(ExecuteAll({}).empty()); }

TEST_F(LedgerTest, ItHasOneOwner) {
  EXPECT_EQ(Ledger::Open(dir_, options_).status().kind(), Status::Kind::kBusy);
  Close();
  Open();
}

TEST_F(LedgerTest, ADirectoryThatIsNotEmptyIsNotTaken) {
  Close();
  EXPECT_EQ(Ledger::Create(dir_, "other.example", 1, options_).kind(),
            Status::Kind::kInvalidArgument);
  EXPECT_EQ(Ledger::Create(temporary_ / "new", "two words", 1, options_).kind(),
            Status::Kind::kInvalidArgument);
  EXPECT_EQ(Ledger::Create(temporary_ / "new", "name", 0, options_).kind(),
            Status::Kind::kInvalidArgument);
  EXPECT_EQ(Ledger::Create(temporary_ / "new", "name", 5'000, options_).kind(),
            Status::Kind::kInvalidArgument);
  Open();
}

TEST_F(LedgerTest, AnotherKeyIsRefused) {
  Close();
  const std::string own = ReadBytes(CheckpointKeyPath(dir_));
  WriteBytes(CheckpointKeyPath(dir_), SigningKey::Generate().ToPem());
  const auto refused = Ledger::Open(dir_, options_);
  EXPECT_EQ(refused.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(refused.status().message().find("checkpoint.pem"), std::string::npos);
  fs::remove(CheckpointKeyPath(dir_));
  EXPECT_FALSE(Ledger::Open(dir_, options_).ok());
  WriteBytes(CheckpointKeyPath(dir_), own);
  Open();
}

TEST_F(LedgerTest, TheKeyIsItsOwnersAlone) {
  EXPECT_EQ(fs::status(CheckpointKeyPath(dir_)).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(LedgerTest, AShardInTheWrongPlaceIsRefused) {
  Close();
  fs::rename(ShardDir(dir_, 0), temporary_ / "aside");
  EXPECT_FALSE(Ledger::Open(dir_, options_).ok());
  fs::rename(ShardDir(dir_, 1), ShardDir(dir_, 0));
  fs::rename(temporary_ / "aside", ShardDir(dir_, 1));
  const auto refused = Ledger::Open(dir_, options_);
  EXPECT_EQ(refused.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(refused.status().message().find("is shard 1"), std::string::npos)
      << refused.status().message();
}

TEST_F(LedgerTest, ABackupTakenWhilePostingIsALedger) {
  Prepare();
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> posted = 0;
  std::thread posting([&] {
    for (std::uint64_t i = 0; !stop; ++i) {
      posted += ledger_->Execute(Sale(RandomId(i), 100, CooperativeIn(i % kShards))).code == v1::OK;
    }
  });
  while (posted < 60) {
    std::this_thread::yield();
  }
  std::vector<Head> before;
  std::vector<std::string> checkpoints;
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    checkpoints.push_back(ledger_->SignedCheckpoint(shard));
    before.push_back(ledger_->shard(shard).head());
  }
  const std::string copy = temporary_ / "copy";
  EXPECT_OK(ledger_->Backup(copy));
  stop = true;
  posting.join();
  EXPECT_EQ(ledger_->Backup(copy).kind(), Status::Kind::kInvalidArgument);
  Close();

  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    ExpectVerified(copy, shard, checkpoints[shard]);
    ExpectVerified(dir_, shard, checkpoints[shard]);
  }
  const auto restored = Must(Ledger::Open(copy, options_));
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    EXPECT_GE(restored->shard(shard).head().sequence, before[shard].sequence);
  }
  // The same ids are known there.
  EXPECT_TRUE(restored->Execute(Sale(RandomId(0), 100, CooperativeIn(0))).replayed);
  EXPECT_OK(restored->Close());
}

TEST_F(LedgerTest, CheckpointsSayWhatTheLogIs) {
  Prepare();
  std::vector<std::string> kept;
  for (std::uint64_t round = 0; round < 5; ++round) {
    for (std::uint64_t i = 0; i < 70; ++i) {
      ledger_->Execute(Sale(RandomId(round * 70 + i), 100, CooperativeIn(0)));
    }
    kept.push_back(ledger_->SignedCheckpoint(0));
  }
  const PublicKey key = KeyOf(dir_);
  const Checkpoint first = Must(OpenCheckpoint(kept[0], key));
  EXPECT_EQ(first.origin, "koperasi.example/barn/0");
  EXPECT_EQ(first.size, 73U);
  Close();
  for (const std::string& text : kept) {
    ExpectVerified(dir_, 0, text);
  }
  Open();
  // After opening the tree is the same.
  EXPECT_EQ(Must(OpenCheckpoint(ledger_->SignedCheckpoint(0), key)).root,
            Must(OpenCheckpoint(kept.back(), key)).root);
}

}  // namespace
}  // namespace lumbung
