// A clock that can't be trusted stops writes until an operator confirms it.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "engine/commit/clock_guard.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

std::int64_t RecordedAt(Shard& shard, std::uint64_t sequence) {
  v1::Event event;
  EXPECT_TRUE(event.ParseFromString(Must(shard.log().ReadEvent(sequence))));
  return event.recorded_at();
}

TEST(ClockGuard, TakesTimeThatGoesBy) {
  ManualClock clock;
  ClockGuard guard(clock, 0);
  for (int i = 0; i < 3; ++i) {
    clock.Advance(kDay);
    EXPECT_EQ(guard.Read(), clock.WallMicros());
    EXPECT_FALSE(guard.suspect());
  }
}

TEST(ClockGuard, NeverGoesBack) {
  ManualClock clock;
  ClockGuard guard(clock, 0);
  const std::int64_t first = guard.Read();
  clock.Jump(-60 * kSecond);
  EXPECT_EQ(guard.Read(), first);
  EXPECT_FALSE(guard.suspect());
}

TEST(ClockGuard, AJumpOfMoreThanAMinuteIsSuspect) {
  for (const std::int64_t jump : {61 * kSecond, -61 * kSecond}) {
    ManualClock clock;
    ClockGuard guard(clock, 0);
    const std::int64_t first = guard.Read();
    clock.Jump(jump);
    EXPECT_EQ(guard.Read(), first);
    EXPECT_TRUE(guard.suspect());
    // It stays so, even if the clock goes back to where it was.
    clock.Jump(-jump);
    guard.Read();
    EXPECT_TRUE(guard.suspect());
    guard.Confirm();
    EXPECT_FALSE(guard.suspect());
    guard.Read();
    EXPECT_FALSE(guard.suspect());
  }
}

TEST(ClockGuard, AtOpeningTheLastEventIsTheMeasure) {
  ManualClock clock;
  const std::int64_t now = clock.WallMicros();
  EXPECT_FALSE(ClockGuard(clock, now + 60 * kSecond).suspect());
  EXPECT_TRUE(ClockGuard(clock, now + 61 * kSecond).suspect());
  EXPECT_FALSE(ClockGuard(clock, now - 30 * kDay).suspect());
  EXPECT_TRUE(ClockGuard(clock, now - 30 * kDay - kSecond).suspect());
  // An empty log says nothing.
  EXPECT_FALSE(ClockGuard(clock, 0).suspect());
}

TEST_F(ShardTest, AJumpingClockStopsWritesUntilItIsConfirmed) {
  Create();
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  clock_.Jump(3600 * kSecond);
  const Head before = shard_->head();
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::CLOCK_SUSPECT);
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::CLOCK_SUSPECT);
  EXPECT_EQ(shard_->head(), before);
  // Reads go on.
  EXPECT_EQ(BalanceOf(*shard_, 1101), 100);
  shard_->ConfirmClock();
  const Answer answer = Execute(Sale(RandomId(2)));
  EXPECT_EQ(answer.code, v1::OK);
  EXPECT_EQ(RecordedAt(*shard_, answer.sequence), ManualClock::kStart + 3600 * kSecond);
}

// A block that was begun under the suspect clock takes the confirmed one's time.
TEST_F(ShardTest, AConfirmedClockDatesWhatComesNext) {
  Create();
  gate_->Close();
  auto first = SubmitAll(*shard_, {Sale(RandomId(1))});
  gate_->AwaitArrival();
  clock_.Jump(3600 * kSecond);
  auto refused = SubmitAll(*shard_, {Sale(RandomId(2))});
  std::promise<void> decided;
  shard_->Read([&](const State&, std::uint64_t) { decided.set_value(); }, [](Status) {});
  decided.get_future().wait();
  shard_->ConfirmClock();
  auto taken = SubmitAll(*shard_, {Sale(RandomId(3))});
  gate_->Open();
  EXPECT_EQ(refused.get()[0].code, v1::CLOCK_SUSPECT);
  const Answer answer = taken.get()[0];
  EXPECT_EQ(answer.code, v1::OK);
  EXPECT_EQ(RecordedAt(*shard_, answer.sequence), ManualClock::kStart + 3600 * kSecond);
  first.get();
}

TEST_F(ShardTest, AtOpeningABadClockStopsWrites) {
  Create();
  const Answer last = Execute(Sale(RandomId(1)));
  for (const std::int64_t jump : {-61 * kSecond, 31 * kDay}) {
    Close();
    clock_.Jump(jump);
    Open();
    EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::CLOCK_SUSPECT) << jump;
    clock_.Jump(-jump);
  }
  // Also where nothing had to be replayed, and where all of it had.
  clock_.Jump(-61 * kSecond);
  ReopenAsIfKilled();
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::CLOCK_SUSPECT);
  // Told so at opening, it dates events no earlier than the last one.
  options_.clock_confirmed = true;
  Reopen();
  const Answer answer = Execute(Sale(RandomId(2)));
  EXPECT_EQ(answer.code, v1::OK);
  EXPECT_EQ(RecordedAt(*shard_, answer.sequence), RecordedAt(*shard_, last.sequence));
}

// Confirmed, an idle shard looks at its holds again, though nobody submits anything.
TEST_F(ShardTest, ConfirmingWakesAnIdleShardForItsHolds) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 7, 1000)).code, v1::OK);
  const Answer hold =
      Execute(HoldSavings(RandomId(2), 7, 1000, ManualClock::kStart + 3600 * kSecond));
  ASSERT_EQ(hold.code, v1::OK);
  clock_.Jump(7200 * kSecond);
  // Nothing is released by a clock that jumped there.
  EXPECT_EQ(Execute(Sale(RandomId(3))).code, v1::CLOCK_SUSPECT);
  EXPECT_EQ(shard_->head().sequence, hold.sequence);
  shard_->ConfirmClock();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (shard_->head().sequence == hold.sequence && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(shard_->head().sequence, hold.sequence + 1);
}

}  // namespace
}  // namespace lumbung
