// Many callers of one transaction each, through a server that comes and goes, or has too much to
// do.
#include "engine/client/batcher.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/fault_file_system.h"
#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

class BatcherTest : public GrpcTest {
 protected:
  BatcherTest() {
    options_.observe = [this](const CommandsObservation& call) {
      ++calls_;
      refused_ += call.error != nullptr ? 1 : 0;
    };
  }

  BatcherOptions Options(const std::string& token = "all") {
    BatcherOptions options;
    options.pipe.server.target = "localhost:" + std::to_string(server_->port());
    options.pipe.server.token = token;
    return options;
  }
  // Has as many threads post so many each, all of different ids; counts good answers.
  void PostFrom(Batcher& batcher, std::uint64_t threads, std::uint64_t each) {
    for (std::uint64_t thread = 0; thread < threads; ++thread) {
      callers_.emplace_back([this, &batcher, thread, each] {
        for (std::uint64_t i = 0; i < each; ++i) {
          const auto result = batcher.Post(Sale(RandomId(thread * 10'000 + i)).post());
          ASSERT_TRUE(result.ok()) << result.status().message();
          EXPECT_EQ(result->code(), v1::OK) << result->detail();
          const std::lock_guard lock(done_mutex_);
          ++done_;
          changed_.notify_all();
        }
      });
    }
  }
  void AwaitDone(std::uint64_t count) {
    std::unique_lock lock(done_mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, [&] { return done_ >= count; }));
  }
  void Join() {
    for (std::thread& caller : callers_) {
      caller.join();
    }
    callers_.clear();
  }
  void ExpectEachOnce(std::uint64_t transactions) {
    const auto posted = CountPosted();
    EXPECT_EQ(posted.size(), transactions);
    for (const auto& [id, times] : posted) {
      EXPECT_EQ(times, 1) << id;
    }
  }

  std::atomic<int> calls_ = 0;
  std::atomic<int> refused_ = 0;
  std::vector<std::thread> callers_;
  std::mutex done_mutex_;
  std::condition_variable changed_;
  // Guarded by done_mutex_.
  std::uint64_t done_ = 0;
};

TEST_F(BatcherTest, EachIsAnsweredOnceThoughTheServerIsStoppedAndStartedAgain) {
  Serve();
  auto batcher = Must(Batcher::Open(Options()));
  PostFrom(*batcher, 32, 60);
  for (const std::uint64_t until : {300U, 900U, 1'400U}) {
    AwaitDone(until);
    Restart();
  }
  Join();
  batcher.reset();
  EXPECT_EQ(done_, 32U * 60);
  ExpectEachOnce(32U * 60);
}

TEST_F(BatcherTest, WhatComesWhileRequestsAreUnderWayIsOneRequest) {
  Serve();
  auto batcher = Must(Batcher::Open(Options()));
  gate_->Close();
  std::atomic<int> answered = 0;
  const auto post = [&](std::uint64_t number) {
    batcher->Post(Sale(RandomId(number)).post(),
                  [&](const Status& status, const v1::CommandResult& result) {
                    EXPECT_OK(status);
                    EXPECT_EQ(result.code(), v1::OK);
                    ++answered;
                  });
  };
  post(0);
  gate_->AwaitArrival();
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    post(i);
  }
  gate_->Open();
  batcher.reset();
  EXPECT_EQ(answered, 1'001) << "closing waits for what is under way";
  // The first, what came before it was noticed, and the rest; not a thousand.
  EXPECT_LE(calls_, 10);
  ExpectEachOnce(1'001);
}

TEST_F(BatcherTest, ARefusalIsAResult) {
  Serve();
  auto batcher = Must(Batcher::Open(Options()));
  const auto refused = batcher->Post(Withdrawal(RandomId(1), 184, 5).post());
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->code(), v1::INSUFFICIENT_FUNDS);
  const auto posted = batcher->Post(Sale(RandomId(2)).post());
  EXPECT_EQ(EventOf(*posted).transaction_posted().transaction().transaction_id(), RandomId(2));
  EXPECT_TRUE(batcher->Post(Sale(RandomId(2)).post())->replayed());
}

TEST_F(BatcherTest, WhatTheServerIsTooBusyForIsSentAgain) {
  // So that any second request is too much.
  options_.admission.max_commands_a_principal = 1;
  Serve();
  BatcherOptions options = Options();
  options.max_batch = 1;
  auto batcher = Must(Batcher::Open(options));
  gate_->Close();
  PostFrom(*batcher, 16, 3);
  gate_->AwaitArrival();
  while (refused_ == 0) {
    std::this_thread::yield();
  }
  gate_->Open();
  Join();
  batcher.reset();
  EXPECT_GT(refused_, 0);
  ExpectEachOnce(48);
}

// Not more often than it is told, and not all at once.
TEST_F(BatcherTest, AtLastItSaysThatTheServerIsTooBusy) {
  options_.admission.max_commands = 0;
  Serve();
  BatcherOptions options = Options();
  options.most_attempts = 4;
  auto batcher = Must(Batcher::Open(options));
  const auto start = std::chrono::steady_clock::now();
  const auto result = batcher->Post(Sale(RandomId(1)).post());
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->code(), v1::OVERLOADED);
  EXPECT_EQ(calls_, 4);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(5 + 10 + 20));
}

TEST_F(BatcherTest, WhoMayNotIsTold) {
  Serve();
  auto batcher = Must(Batcher::Open(Options("reader")));
  EXPECT_EQ(batcher->Post(Sale(RandomId(1)).post()).status().kind(), Status::Kind::kRefused);
  ExpectEachOnce(0);
}

// A retry finds a ledger that takes nothing any more. The first sending may yet be in the log when
// it is opened again, so the caller is not told that it was refused.
TEST_F(BatcherTest, AnUnknownOutcomeStaysUnknownWhenTheRetryIsRefused) {
  const auto disk = std::make_shared<FaultFileSystem>();
  engine_.log.file_system = disk;
  Serve();
  auto batcher = Must(Batcher::Open(Options()));
  ASSERT_EQ(batcher->Post(Sale(RandomId(1)).post())->code(), v1::OK);
  disk->Arm(Fault::kFailedSync, 1);
  const auto unknown = batcher->Post(Sale(RandomId(2)).post());
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->code(), v1::OUTCOME_UNKNOWN);
  EXPECT_THAT(unknown->detail(), testing::HasSubstr("WRITES_STOPPED"));
  EXPECT_EQ(batcher->Post(Sale(RandomId(3)).post())->code(), v1::WRITES_STOPPED)
      << "of what was never sent before it is known";
}

}  // namespace
}  // namespace lumbung
