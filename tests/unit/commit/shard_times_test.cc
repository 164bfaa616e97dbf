// What a shard tells of the time that its blocks take, and of how it is.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::nanoseconds kNone{0};

class ShardTimesTest : public ShardTest {
 protected:
  ShardTimesTest() {
    options_.on_block = [this](const BlockTimes& times) {
      const std::lock_guard lock(mutex_);
      blocks_.push_back(times);
      changed_.notify_all();
    };
  }
  ~ShardTimesTest() override { shard_.reset(); }

  // Those with events, as soon as they have so many; forgotten then.
  std::vector<BlockTimes> TakeBlocks(std::uint64_t events) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      std::uint64_t sum = 0;
      for (const BlockTimes& times : blocks_) {
        sum += times.events;
      }
      return sum >= events;
    });
    std::erase_if(blocks_, [](const BlockTimes& times) { return times.events == 0; });
    return std::exchange(blocks_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::vector<BlockTimes> blocks_;
};

TEST_F(ShardTimesTest, TheStagesOfABlockAreWhatItWaitedFor) {
  Create();
  TakeBlocks(shard_->head().sequence);
  const auto began = Steady::now();
  gate_->Close();
  auto first = SubmitAll(*shard_, {Sale(RandomId(1))});
  gate_->AwaitArrival();
  const auto writing = Steady::now();
  auto second = SubmitAll(*shard_, {Sale(RandomId(2)), Sale(RandomId(3)), Sale(RandomId(4))});
  const auto submitted = Steady::now();
  std::promise<void> decided;
  shard_->Read([&](const State&, std::uint64_t) { decided.set_value(); }, [](const Status&) {});
  decided.get_future().wait();
  const auto opened = Steady::now();
  gate_->Open();
  first.get();
  second.get();

  const std::vector<BlockTimes> blocks = TakeBlocks(4);
  const auto over = Steady::now();
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].events, 1U);
  EXPECT_GE(blocks[0].write, opened - writing);
  EXPECT_EQ(blocks[1].events, 3U);
  // It could not be written before the first one was.
  EXPECT_GE(blocks[1].queue + blocks[1].decide + blocks[1].wait, opened - submitted);
  for (const BlockTimes& block : blocks) {
    EXPECT_GE(block.queue, kNone);
    EXPECT_GT(block.decide, kNone);
    EXPECT_GE(block.wait, kNone);
    EXPECT_GT(block.write, kNone);
    EXPECT_LE(block.queue + block.decide + block.wait + block.write, over - began);
  }
}

TEST_F(ShardTimesTest, ABlockThatFillsUpIsTheBeginningOfTheNext) {
  options_.max_block_events = 4;
  Create();
  TakeBlocks(shard_->head().sequence);
  std::vector<v1::Command> sales;
  for (std::uint64_t i = 0; i < 10; ++i) {
    sales.push_back(Sale(RandomId(i)));
  }
  ExecuteAll(*shard_, sales);
  const std::vector<BlockTimes> blocks = TakeBlocks(10);
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].events + blocks[1].events + blocks[2].events, 10U);
  // The last ones waited while the first ones were decided.
  EXPECT_GE(blocks[2].queue, blocks[0].queue + blocks[0].decide);
}

TEST_F(ShardTimesTest, StatsTellWhyNothingIsTaken) {
  Create();
  EXPECT_FALSE(shard_->Stats().clock_suspect);
  EXPECT_FALSE(shard_->Stats().write_failed);
  clock_.Jump(std::int64_t{120} * 1'000'000);
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::CLOCK_SUSPECT);
  EXPECT_TRUE(shard_->Stats().clock_suspect);
  EXPECT_EQ(shard_->Stats().head, shard_->head().sequence);
}

TEST_F(ShardTimesTest, StatsTellWhenTheDerivedStoreWentOn) {
  options_.derived_step_events = 8;
  Create();
  const Steady::time_point opened = shard_->Stats().derived_at;
  EXPECT_LE(opened, Steady::now());
  // Until a step has ended.
  for (std::uint64_t i = 0; shard_->Stats().derived_at == opened; ++i) {
    Execute(Sale(RandomId(i)));
  }
  EXPECT_GT(shard_->Stats().derived_at, opened);
  EXPECT_GT(shard_->Stats().derived_sequence, 0U);
}

}  // namespace
}  // namespace lumbung
