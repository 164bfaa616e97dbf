// What a shard does while a block is being written: nothing is answered before it is durable, what
// arrives meanwhile forms the next block, and stopping answers everyone.
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

template <typename T>
bool IsReady(const std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

class ShardDurabilityTest : public ShardTest {
 protected:
  // A read, submitted now: when the decider has come to it, and when it is answered.
  struct Reading {
    std::future<std::uint64_t> seen;
    std::future<Status> durable;
  };
  Reading StartReading() {
    auto seen = std::make_shared<std::promise<std::uint64_t>>();
    auto durable = std::make_shared<std::promise<Status>>();
    Reading reading{seen->get_future(), durable->get_future()};
    shard_->Read([seen](const State&, std::uint64_t sequence) { seen->set_value(sequence); },
                 [durable](Status status) { durable->set_value(std::move(status)); });
    return reading;
  }

  // One sale whose block waits at the gate.
  std::future<std::vector<Answer>> StartWriting(std::uint64_t number) {
    gate_->Close();
    auto answers = SubmitAll(*shard_, {Sale(RandomId(number))});
    gate_->AwaitArrival();
    return answers;
  }
};

TEST_F(ShardDurabilityTest, AnAnswerWaitsForItsBlock) {
  Create();
  const Head before = shard_->head();
  auto first = StartWriting(1);
  EXPECT_FALSE(IsReady(first));
  EXPECT_EQ(shard_->head(), before);
  EXPECT_EQ(shard_->log().ReadEvent(before.sequence + 1).status().kind(), Status::Kind::kNotFound);
  gate_->Open();
  EXPECT_EQ(first.get()[0].sequence, before.sequence + 1);
}

TEST_F(ShardDurabilityTest, ARepeatedIdInFlightIsAnsweredFromItsBlock) {
  Create();
  auto first = StartWriting(1);
  auto again = SubmitAll(*shard_, {Sale(RandomId(1)), Sale(RandomId(1), 7)});
  // Decided while the first one's block was not durable.
  Reading reading = StartReading();
  reading.seen.wait();
  EXPECT_FALSE(IsReady(first));
  EXPECT_FALSE(IsReady(again));
  gate_->Open();
  const Answer one = first.get()[0];
  const auto two = again.get();
  EXPECT_TRUE(two[0].replayed);
  EXPECT_EQ(two[0].sequence, one.sequence);
  EXPECT_EQ(two[0].hash, one.hash);
  EXPECT_EQ(two[1].code, v1::ID_CONFLICT);
  EXPECT_EQ(shard_->head().sequence, one.sequence);
}

TEST_F(ShardDurabilityTest, AReadSeesWhatIsDecidedAndWaitsUntilItIsDurable) {
  Create();
  const std::uint64_t before = shard_->head().sequence;
  auto first = StartWriting(1);
  Reading reading = StartReading();
  EXPECT_EQ(reading.seen.get(), before + 1);
  EXPECT_FALSE(IsReady(reading.durable));
  gate_->Open();
  EXPECT_OK(reading.durable.get());
  EXPECT_GE(shard_->head().sequence, before + 1);
  first.get();
}

// A refusal was computed from what is not durable yet, so it waits too.
TEST_F(ShardDurabilityTest, ARefusalThatRecordsNothingWaitsToo) {
  Create();
  auto first = StartWriting(1);
  auto refused = SubmitAll(*shard_, {Sale(RandomId(2), 100, 999)});
  StartReading().seen.wait();
  EXPECT_FALSE(IsReady(refused));
  gate_->Open();
  EXPECT_EQ(refused.get()[0].code, v1::UNKNOWN_COOPERATIVE);
}

TEST_F(ShardDurabilityTest, WhatArrivesWhileABlockIsWrittenFormsTheNext) {
  Create();
  const ShardStats before = shard_->Stats();
  auto first = StartWriting(0);
  std::vector<std::future<std::vector<Answer>>> answers;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    answers.push_back(SubmitAll(*shard_, {Sale(RandomId(i))}));
  }
  StartReading().seen.wait();
  gate_->Open();
  for (auto& answer : answers) {
    EXPECT_EQ(answer.get()[0].code, v1::OK);
  }
  const ShardStats after = shard_->Stats();
  EXPECT_EQ(after.blocks, before.blocks + 2);
  EXPECT_EQ(after.log.fsyncs, before.log.fsyncs + 2);
}

TEST_F(ShardDurabilityTest, ManyCallersOfOneCommandShareBlocks) {
  options_.clock = &Clock::System();
  Create();
  const ShardStats before = shard_->Stats();
  constexpr std::uint64_t kThreads = 16;
  constexpr std::uint64_t kEach = 40;
  std::atomic<std::uint64_t> posted = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        posted += shard_->Execute(Sale(RandomId(thread * kEach + i))).code == v1::OK ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const ShardStats after = shard_->Stats();
  EXPECT_EQ(posted, kThreads * kEach);
  EXPECT_EQ(after.events - before.events, kThreads * kEach);
  EXPECT_LT(after.blocks - before.blocks, kThreads * kEach);
  EXPECT_EQ(after.log.fsyncs - before.log.fsyncs, after.blocks - before.blocks);
  EXPECT_EQ(BalanceOf(*shard_, 1101), static_cast<std::int64_t>(100 * kThreads * kEach));
}

TEST_F(ShardDurabilityTest, BeyondTheQueuesBoundCommandsAreRefusedAtOnce) {
  options_.max_block_events = 1;
  options_.max_queued_commands = 10;
  Create();
  auto first = StartWriting(0);
  // One block waits behind the one that is written; with the third the decider stands still.
  std::vector<std::future<std::vector<Answer>>> answers;
  std::size_t overloaded = 0;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    answers.push_back(SubmitAll(*shard_, {Sale(RandomId(i))}));
    if (IsReady(answers.back())) {
      EXPECT_EQ(answers.back().get()[0].code, v1::OVERLOADED);
      answers.pop_back();
      ++overloaded;
    }
  }
  EXPECT_GE(overloaded, 5U);
  gate_->Open();
  for (auto& answer : answers) {
    EXPECT_EQ(answer.get()[0].code, v1::OK);
  }
  // It goes on as before.
  EXPECT_EQ(Execute(Sale(RandomId(100))).code, v1::OK);
  const auto too_many = SubmitAll(*shard_, std::vector(11, Sale(RandomId(101)))).get();
  EXPECT_EQ(too_many.size(), 11U);
  EXPECT_EQ(too_many[10].code, v1::OVERLOADED);
}

TEST_F(ShardDurabilityTest, ClosingAnswersWhatWasAccepted) {
  Create();
  auto first = StartWriting(1);
  auto second = SubmitAll(*shard_, {Sale(RandomId(2))});
  std::thread closing([this] { EXPECT_OK(shard_->Close()); });
  // From some moment on, refused within Submit, though the writer still waits.
  std::uint64_t number = 3;
  std::vector<std::future<std::vector<Answer>>> accepted;
  while (true) {
    auto answer = SubmitAll(*shard_, {Sale(RandomId(number++))});
    if (IsReady(answer)) {
      EXPECT_EQ(answer.get()[0].code, v1::SHUTTING_DOWN);
      break;
    }
    accepted.push_back(std::move(answer));
  }
  gate_->Open();
  closing.join();
  EXPECT_EQ(first.get()[0].code, v1::OK);
  EXPECT_EQ(second.get()[0].code, v1::OK);
  for (auto& answer : accepted) {
    EXPECT_EQ(answer.get()[0].code, v1::OK);
  }
  EXPECT_EQ(shard_->Execute(Sale(RandomId(number))).code, v1::SHUTTING_DOWN);
  EXPECT_EQ(shard_->Read([](const State&, std::uint64_t) { FAIL(); }).kind(),
            Status::Kind::kCancelled);
  EXPECT_OK(shard_->Close());
  shard_.reset();
  Open();
  EXPECT_EQ(shard_->head().sequence, 5 + accepted.size());
}

// Submissions race with the closing of what they look ids up in.
TEST_F(ShardDurabilityTest, SubmittingWhileClosingIsSafe) {
  options_.clock = &Clock::System();
  Create();
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t before = shard_->head().sequence;
    std::atomic<std::uint64_t> next = 1 + static_cast<std::uint64_t>(round) * 1'000'000;
    std::atomic<std::uint64_t> posted = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        while (true) {
          const v1::Code code = shard_->Execute(Sale(RandomId(next++))).code;
          if (code == v1::SHUTTING_DOWN) {
            return;
          }
          EXPECT_EQ(code, v1::OK);
          ++posted;
        }
      });
    }
    while (posted < 50) {
      std::this_thread::yield();
    }
    EXPECT_OK(shard_->Close());
    for (std::thread& thread : threads) {
      thread.join();
    }
    shard_.reset();
    Open();
    EXPECT_EQ(shard_->head().sequence, before + posted);
  }
}

}  // namespace
}  // namespace lumbung
