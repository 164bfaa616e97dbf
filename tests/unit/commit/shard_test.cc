// What a shard answers: first answers, repeated ones, refusals, batches, holds, and their order.
#include "engine/commit/shard.h"

#include <chrono>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "engine/chain/hash.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

void ExpectReplay(const Answer& answer, const Answer& first) {
  EXPECT_EQ(answer.code, first.code);
  EXPECT_TRUE(answer.replayed);
  EXPECT_EQ(answer.sequence, first.sequence);
  EXPECT_EQ(answer.hash, first.hash);
  EXPECT_EQ(answer.posting_date, first.posting_date);
  EXPECT_EQ(answer.item, first.item);
}

TEST_F(ShardTest, APostGivesItsPlaceInTheLog) {
  Create();
  const Answer answer = Execute(Sale(RandomId(1), 250));
  EXPECT_EQ(answer.code, v1::OK);
  EXPECT_FALSE(answer.replayed);
  // After LedgerCreated, the chart and the cooperative.
  EXPECT_EQ(answer.sequence, 4U);
  EXPECT_EQ(answer.posting_date, kTestDate);
  EXPECT_EQ(shard_->head(), (Head{answer.sequence, answer.hash}));
  EXPECT_EQ(Hasher().Leaf(Must(shard_->log().ReadEvent(4))), answer.hash);
  EXPECT_EQ(BalanceOf(*shard_, 1101), 250);
  EXPECT_EQ(BalanceOf(*shard_, 4101), -250);
}

TEST_F(ShardTest, TheEventIsWhatWasPosted) {
  Create();
  const v1::Command command = Sale(RandomId(1));
  const Answer answer = shard_->Execute(command, "principal-7");
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Must(shard_->log().ReadEvent(answer.sequence))));
  EXPECT_EQ(event.sequence(), answer.sequence);
  EXPECT_EQ(event.recorded_at(), ManualClock::kStart);
  EXPECT_EQ(event.actor(), "principal-7");
  EXPECT_EQ(event.transaction_posted().transaction().SerializeAsString(),
            command.post().SerializeAsString());
}

TEST_F(ShardTest, AnIdIsAnsweredOnce) {
  Create();
  const v1::Command command = Sale(RandomId(1));
  // In the same block, and in the same request.
  const auto answers = ExecuteAll(*shard_, {command, command});
  EXPECT_FALSE(answers[0].replayed);
  ExpectReplay(answers[1], answers[0]);
  // When it is durable, and after reopening, cleanly and not.
  ExpectReplay(Execute(command), answers[0]);
  ReopenAsIfKilled();
  ExpectReplay(Execute(command), answers[0]);
  Reopen();
  ExpectReplay(Execute(command), answers[0]);
  EXPECT_EQ(shard_->head().sequence, answers[0].sequence);
}

TEST_F(ShardTest, OtherContentIsAConflict) {
  Create();
  const Answer first = Execute(Sale(RandomId(1), 100));
  const Answer conflict = Execute(Sale(RandomId(1), 101));
  EXPECT_EQ(conflict.code, v1::ID_CONFLICT);
  EXPECT_FALSE(conflict.replayed);
  EXPECT_EQ(conflict.sequence, first.sequence);
  Reopen();
  EXPECT_EQ(Execute(Sale(RandomId(1), 101)).code, v1::ID_CONFLICT);
  EXPECT_EQ(shard_->head().sequence, first.sequence);
}

TEST_F(ShardTest, ARecordedRefusalIsFinal) {
  Create();
  const v1::Command withdrawal = Withdrawal(RandomId(1), 184, 500);
  const Answer refused = Execute(withdrawal);
  EXPECT_EQ(refused.code, v1::INSUFFICIENT_FUNDS);
  EXPECT_EQ(refused.sequence, shard_->head().sequence);
  EXPECT_EQ(Execute(Deposit(RandomId(2), 184, 1000)).code, v1::OK);
  // There are funds now; but the id is used up.
  ExpectReplay(Execute(withdrawal), refused);
  Reopen();
  ExpectReplay(Execute(withdrawal), refused);
  EXPECT_EQ(Execute(Withdrawal(RandomId(3), 184, 500)).code, v1::OK);
  EXPECT_EQ(BalanceOf(*shard_, 2111, 184), -500);
}

TEST_F(ShardTest, OtherRefusalsLeaveNoTrace) {
  Create();
  const Head before = shard_->head();
  v1::Command unbalanced = Sale(RandomId(1));
  unbalanced.mutable_post()->mutable_entries(0)->set_debit(101);
  const Answer answer = Execute(unbalanced);
  EXPECT_EQ(answer.code, v1::UNBALANCED);
  EXPECT_EQ(answer.sequence, 0U);
  EXPECT_FALSE(answer.detail.empty());
  EXPECT_EQ(Execute(Sale(RandomId(1), 100, 999)).code, v1::UNKNOWN_COOPERATIVE);
  EXPECT_EQ(shard_->head(), before);
  // The id is still free.
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
}

TEST_F(ShardTest, ABatchIsPostedWholeOrNotAtAll) {
  Create();
  const auto item = [](std::uint64_t number, const Move& move) {
    return MakeTransaction(RandomId(number), move);
  };
  const Move withdrawal{.debit = 2111, .debit_holder = 184, .credit = 1101, .amount = 500};
  const v1::Command refused = PostBatch(RandomId(1), {item(2, {}), item(3, withdrawal)});
  const Answer refusal = Execute(refused);
  EXPECT_EQ(refusal.code, v1::INSUFFICIENT_FUNDS);
  EXPECT_EQ(refusal.item, 1U);
  EXPECT_EQ(BalanceOf(*shard_, 1101), 0);
  ExpectReplay(Execute(refused), refusal);

  // The ids of its transactions are not used up; in a good batch they are.
  const v1::Command good = PostBatch(RandomId(4), {item(2, {}), item(5, {})});
  const Answer posted = Execute(good);
  EXPECT_EQ(posted.code, v1::OK);
  EXPECT_EQ(BalanceOf(*shard_, 1101), 200);
  for (int round = 0; round < 2; ++round) {
    ExpectReplay(Execute(good), posted);
    const Answer alone = Execute(Post(item(5, {})));
    EXPECT_TRUE(alone.replayed);
    EXPECT_EQ(alone.sequence, posted.sequence);
    Reopen();
  }
  EXPECT_EQ(BalanceOf(*shard_, 1101), 200);
}

TEST_F(ShardTest, HoldsAreCapturedReleasedAndReversedOnce) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  EXPECT_EQ(Execute(HoldSavings(RandomId(2), 7, 600)).code, v1::OK);
  EXPECT_EQ(Execute(Withdrawal(RandomId(3), 7, 500)).code, v1::INSUFFICIENT_FUNDS);
  EXPECT_EQ(Execute(HoldSavings(RandomId(4), 7, 300)).code, v1::OK);
  Reopen();
  EXPECT_EQ(Execute(Capture(RandomId(5), RandomId(2))).code, v1::OK);
  EXPECT_EQ(Execute(Release(RandomId(6), RandomId(4))).code, v1::OK);
  EXPECT_EQ(Execute(Capture(RandomId(7), RandomId(4))).code, v1::HOLD_ENDED);
  EXPECT_EQ(BalanceOf(*shard_, 2111, 7), -400);
  EXPECT_EQ(Execute(Reversal(RandomId(8), RandomId(5))).code, v1::OK);
  Reopen();
  EXPECT_EQ(Execute(Reversal(RandomId(9), RandomId(5))).code, v1::ALREADY_REVERSED);
  EXPECT_EQ(BalanceOf(*shard_, 2111, 7), -1000);
}

TEST_F(ShardTest, ADueHoldIsReleasedBeforeWhatComesNext) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  const std::int64_t due = ManualClock::kStart + 1'000'000;
  const Answer hold = Execute(HoldSavings(RandomId(2), 7, 1000, due));
  EXPECT_EQ(hold.code, v1::OK);
  clock_.Advance(2'000'000);
  const Answer withdrawn = Execute(Withdrawal(RandomId(3), 7, 1000));
  EXPECT_EQ(withdrawn.code, v1::OK);
  EXPECT_EQ(withdrawn.sequence, hold.sequence + 2);
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Must(shard_->log().ReadEvent(hold.sequence + 1))));
  EXPECT_TRUE(event.hold_released().expired());
  EXPECT_EQ(event.recorded_at(), due + 1'000'000);
}

// More holds fall due than one block takes commands.
TEST_F(ShardTest, ManyHoldsFallDueAtOnce) {
  options_.max_block_events = 10;
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  std::vector<v1::Command> holds;
  for (std::uint64_t i = 0; i < 35; ++i) {
    holds.push_back(HoldSavings(RandomId(10 + i), 7, 10, ManualClock::kStart + 5));
  }
  ExecuteAll(*shard_, holds);
  const std::uint64_t held = shard_->head().sequence;
  clock_.Advance(10);
  EXPECT_EQ(Execute(Withdrawal(RandomId(2), 7, 1000)).code, v1::OK);
  EXPECT_EQ(shard_->head().sequence, held + 36);
}

// Nothing is submitted: the shard wakes by itself.
TEST_F(ShardTest, AnIdleShardWakesForAHold) {
  options_.clock = &Clock::System();
  options_.clock_confirmed = true;
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  const std::int64_t due = Clock::System().WallMicros() + 20'000;
  const Answer hold = Execute(HoldSavings(RandomId(2), 7, 1000, due));
  ASSERT_EQ(hold.code, v1::OK);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (shard_->head().sequence == hold.sequence && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(shard_->head().sequence, hold.sequence + 1);
  EXPECT_GE(Clock::System().WallMicros(), due);
}

// The end of time is waited for like any other moment.
TEST_F(ShardTest, AHoldMayExpireInTheFarFuture) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  const std::int64_t never = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Execute(HoldSavings(RandomId(2), 7, 10, never)).code, v1::OK);
  const std::clock_t cpu = std::clock();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable nothing;
  while (nothing.wait_until(lock, until) != std::cv_status::timeout) {
  }
  // A decider that does not really wait takes all of it.
  EXPECT_LT(static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC, 0.15);
}

TEST_F(ShardTest, AnswersComeInOrderOverSeveralBlocks) {
  options_.max_block_events = 10;
  Create();
  const std::uint64_t blocks = shard_->Stats().blocks;
  std::vector<v1::Command> commands;
  for (std::uint64_t i = 0; i < 95; ++i) {
    commands.push_back(i % 7 == 3 ? Withdrawal(RandomId(i), 1, 5) : Sale(RandomId(i)));
  }
  const auto answers = ExecuteAll(*shard_, commands);
  ASSERT_EQ(answers.size(), commands.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].code, i % 7 == 3 ? v1::INSUFFICIENT_FUNDS : v1::OK);
    EXPECT_EQ(answers[i].sequence, 4 + i);
  }
  EXPECT_EQ(shard_->Stats().blocks, blocks + 10);
  Reopen();
  const auto again = ExecuteAll(*shard_, commands);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ExpectReplay(again[i], answers[i]);
  }
}

TEST_F(ShardTest, ABlockIsBoundedByBytesToo) {
  options_.max_block_bytes = 1'000;
  Create();
  const std::uint64_t blocks = shard_->Stats().blocks;
  std::vector<v1::Command> commands;
  for (std::uint64_t i = 0; i < 100; ++i) {
    commands.push_back(Sale(RandomId(i)));
  }
  EXPECT_EQ(ExecuteAll(*shard_, commands).back().sequence, 103U);
  EXPECT_GT(shard_->Stats().blocks, blocks + 10);
}

TEST_F(ShardTest, NothingIsAnsweredWithNothing) {
  Create();
  EXPECT_TRUE(ExecuteAll(*shard_, {}).empty());
}

// What a command may carry leaves room for its envelope; but for an actor of absurd length.
TEST_F(ShardTest, AnEventThatWouldNotFitIsRefused) {
  Create();
  const Head before = shard_->head();
  const v1::Command command = Sale(RandomId(1));
  EXPECT_EQ(shard_->Execute(command, std::string(65'000, 'a')).code, v1::OK);
  EXPECT_EQ(shard_->Execute(Sale(RandomId(2)), std::string(65'535, 'a')).code, v1::TOO_LARGE);
  EXPECT_EQ(shard_->head().sequence, before.sequence + 1);
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::OK);
}

TEST_F(ShardTest, StatsCountWhatIsThere) {
  Create();
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  ShardStats stats = shard_->Stats();
  EXPECT_EQ(stats.events, 3U);
  EXPECT_EQ(stats.accounts, 2U);
  EXPECT_GT(stats.account_bytes, 0U);
  EXPECT_EQ(stats.replayed_at_opening, 0U);
  ReopenAsIfKilled();
  stats = shard_->Stats();
  EXPECT_EQ(stats.events, 0U);
  EXPECT_EQ(stats.accounts, 2U);
  EXPECT_EQ(stats.replayed_at_opening, 3U);
}

// The budget is for new accounts only, and what is refused for it leaves no trace.
TEST_F(ShardTest, AboveTheMemoryBudgetNewAccountsAreRefused) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 1, 100)).code, v1::OK);
  Close();
  // 80 bytes an account: room for the three there will be.
  options_.account_memory_bytes = 3 * 80;
  Open();
  EXPECT_EQ(Execute(Deposit(RandomId(2), 2, 100)).code, v1::OK);
  const Head head = shard_->head();
  EXPECT_EQ(Execute(Deposit(RandomId(3), 3, 100)).code, v1::MEMORY_BUDGET);
  EXPECT_EQ(shard_->head(), head);
  EXPECT_EQ(Execute(Deposit(RandomId(4), 1, 100)).code, v1::OK);
  options_.account_memory_bytes = 4 * 80;
  Reopen();
  EXPECT_EQ(Execute(Deposit(RandomId(3), 3, 100)).code, v1::OK);
}

// A smaller budget than before still opens.
TEST_F(ShardTest, ABudgetBelowWhatIsThereOpens) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 1, 100)).code, v1::OK);
  options_.account_memory_bytes = 80;
  Reopen();
  EXPECT_EQ(Execute(Deposit(RandomId(2), 1, 100)).code, v1::OK);
  EXPECT_EQ(Execute(Deposit(RandomId(3), 2, 100)).code, v1::MEMORY_BUDGET);
}

}  // namespace
}  // namespace lumbung
