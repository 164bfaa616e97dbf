// What is derived follows the log in steps while the shard runs, never leads it, and can go: state
// and ids are the same afterwards.
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/store/derived_store.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

class ShardDerivedTest : public ShardTest {
 protected:
  ShardDerivedTest() {
    options_.derived_step_events = 50;
    options_.derived_piece_rows = 40;
    options_.max_block_events = 20;
  }

  // Number `number` of a mixed load: savings, holds and how they end, refusals, batches.
  static v1::Command Mixed(std::uint64_t number) {
    const std::uint64_t member = number % 97;
    switch (number % 8) {
      case 3:
        return Withdrawal(RandomId(number), member, 30);
      case 4:
        return HoldSavings(RandomId(number), (number - 4) % 97, 10);
      case 5:
        return Capture(RandomId(number), RandomId(number - 1));
      case 6:
        return PostBatch(RandomId(number), {MakeTransaction(RandomId(number + 1'000'000), {}),
                                            MakeTransaction(RandomId(number + 2'000'000), {})});
      case 7:
        return HoldSavings(RandomId(number), (number - 7) % 97, 5);
      default:
        return Deposit(RandomId(number), member, 100);
    }
  }

  // Posts numbers from `next_` on until steps have brought the derived store past `sequence`.
  void PostPast(std::uint64_t sequence) {
    while (shard_->Stats().derived_sequence <= sequence) {
      std::vector<v1::Command> commands;
      for (int i = 0; i < 64; ++i) {
        commands.push_back(Mixed(next_++));
      }
      for (Answer& answer : ExecuteAll(*shard_, commands)) {
        answers_.push_back(std::move(answer));
      }
      ASSERT_LT(next_, 100'000U);
    }
  }

  // Every command so far is answered as it was the first time.
  void ExpectAllReplayed() {
    for (std::uint64_t number = kFirst; number < next_; ++number) {
      const Answer again = Execute(Mixed(number));
      const Answer& first = answers_[number - kFirst];
      ASSERT_EQ(again.code, first.code) << number;
      ASSERT_EQ(again.sequence, first.sequence) << number;
      ASSERT_EQ(again.hash, first.hash) << number;
      ASSERT_EQ(again.replayed, first.sequence != 0) << number;
    }
  }

  static constexpr std::uint64_t kFirst = 8;
  std::uint64_t next_ = kFirst;
  std::vector<Answer> answers_;
};

TEST_F(ShardDerivedTest, StepsUnderLoadLoseNothing) {
  Create();
  PostPast(400);
  ExpectAllReplayed();
  const StateSummary before = Summarize(*shard_);
  EXPECT_LE(shard_->Stats().derived_sequence, before.sequence);

  Reopen();
  EXPECT_EQ(shard_->Stats().replayed_at_opening, 0U);
  EXPECT_EQ(Summarize(*shard_), before);
  ExpectAllReplayed();

  Close();
  ASSERT_TRUE(DerivedStore::Destroy(dir_).ok());
  Open();
  EXPECT_EQ(shard_->Stats().replayed_at_opening, before.sequence);
  // So long a replay is brought into the derived store as it goes.
  EXPECT_GT(shard_->Stats().derived_sequence, 300U);
  EXPECT_EQ(Summarize(*shard_), before);
  ExpectAllReplayed();
}

TEST_F(ShardDerivedTest, ItGoesOnFromStepToStepOverOpenings) {
  Create();
  for (int round = 1; round <= 4; ++round) {
    PostPast(shard_->head().sequence);
    const StateSummary before = Summarize(*shard_);
    Reopen();
    ASSERT_EQ(Summarize(*shard_), before);
  }
  ExpectAllReplayed();
}

// Clients look ids up while steps move them from memory to the derived store.
TEST_F(ShardDerivedTest, ManyCallersMeetTheStepsUnawares) {
  Create();
  std::atomic<std::uint64_t> next = kFirst;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) {
        const std::uint64_t number = next++;
        const v1::Command command = Sale(RandomId(number));
        const Answer first = shard_->Execute(command);
        EXPECT_FALSE(first.replayed);
        const Answer again = shard_->Execute(command);
        EXPECT_TRUE(again.replayed);
        EXPECT_EQ(again.sequence, first.sequence);
        // One from some steps ago, as a client that comes back late.
        if (number > kFirst + 200) {
          EXPECT_TRUE(shard_->Execute(Sale(RandomId(number - 200))).replayed);
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_GT(shard_->Stats().derived_sequence, 0U);
  EXPECT_EQ(BalanceOf(*shard_, 1101), 100 * 1000);
}

TEST_F(ShardDerivedTest, ALogOlderThanWhatIsDerivedIsRefused) {
  Create();
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  Close();
  const std::string old = temporary_ / "old";
  CopyDirectory(dir_, old);
  Open();
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::OK);
  Close();
  for (const char* name : {"/log", "/HEAD"}) {
    fs::remove_all(dir_ + name);
    fs::copy(old + name, dir_ + name, fs::copy_options::recursive);
  }
  const auto refused = Shard::Open(dir_, options_);
  EXPECT_EQ(refused.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(refused.status().message().find("reaches event 5"), std::string::npos)
      << refused.status().message();
}

TEST_F(ShardDerivedTest, ALogOfAnotherHistoryIsRefused) {
  Create();
  Close();
  const std::string other = temporary_ / "other";
  CopyDirectory(dir_, other);
  Open();
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  Close();
  {
    const auto shard = Must(Shard::Open(other, options_));
    EXPECT_EQ(shard->Execute(Sale(RandomId(2))).code, v1::OK);
    EXPECT_EQ(shard->Execute(Sale(RandomId(3))).code, v1::OK);
    EXPECT_OK(shard->Close());
  }
  for (const char* name : {"/log", "/HEAD"}) {
    fs::remove_all(dir_ + name);
    fs::copy(other + name, dir_ + name, fs::copy_options::recursive);
  }
  const auto refused = Shard::Open(dir_, options_);
  EXPECT_EQ(refused.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(refused.status().message().find("another history"), std::string::npos)
      << refused.status().message();
}

TEST_F(ShardDerivedTest, DamageToWhatIsDerivedSaysWhatToDo) {
  Create();
  PostPast(0);
  Close();
  fs::remove(dir_ + "/derived/CURRENT");
  const auto refused = Shard::Open(dir_, options_);
  EXPECT_EQ(refused.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(refused.status().message().find("the log is not: `lumbung recover`"), std::string::npos)
      << refused.status().message();
  ASSERT_TRUE(DerivedStore::Destroy(dir_).ok());
  Open();
  ExpectAllReplayed();
}

}  // namespace
}  // namespace lumbung
