// Requests to post through a server that comes and goes: each is answered once, and what the
// answers say is what the ledger holds.
#include "engine/client/post_pipe.h"

#include <deque>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

constexpr int kEach = 5;

class PostPipeTest : public GrpcTest {
 protected:
  void SetUp() override { Serve(); }

  PostPipeOptions Options(const std::string& token = "all") {
    PostPipeOptions options;
    options.server.target = "localhost:" + std::to_string(server_->port());
    options.server.token = token;
    return options;
  }
  static v1::PostRequest RequestOf(std::uint64_t number) {
    v1::PostRequest request;
    for (std::uint64_t i = 0; i < kEach; ++i) {
      *request.add_transactions() = Sale(RandomId(100 * number + i)).post();
    }
    return request;
  }
};

TEST_F(PostPipeTest, EachIsAnsweredOnceThoughTheServerIsStoppedAndStartedAgain) {
  constexpr std::uint64_t kRequests = 600;
  std::vector<v1::PostRequest> requests;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    requests.push_back(RequestOf(i));
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t done = 0;
  std::vector<int> answers(kRequests);
  std::vector<v1::CommandResult> firsts(kRequests);
  auto pipe = Must(PostPipe::Open(Options()));
  std::thread sender([&] {
    for (std::uint64_t i = 0; i < kRequests; ++i) {
      pipe->Send(requests[i], [&, i](const Status& status, v1::PostResponse& response) {
        const std::lock_guard lock(mutex);
        EXPECT_OK(status);
        EXPECT_EQ(response.results_size(), kEach);
        for (const auto& result : response.results()) {
          EXPECT_EQ(result.code(), v1::OK) << result.detail();
        }
        if (status.ok()) {
          firsts[i] = response.results(0);
        }
        ++answers[i];
        ++done;
        changed.notify_all();
      });
    }
  });
  for (const std::uint64_t until : {100U, 300U, 450U}) {
    {
      std::unique_lock lock(mutex);
      ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return done >= until; }));
    }
    Restart();
  }
  sender.join();
  pipe.reset();
  EXPECT_EQ(done, kRequests);
  EXPECT_THAT(answers, testing::Each(1));
  const auto posted = CountPosted();
  EXPECT_EQ(posted.size(), kRequests * kEach);
  for (const auto& [id, times] : posted) {
    EXPECT_EQ(times, 1) << id;
  }
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    EXPECT_EQ(EventOf(firsts[i]).transaction_posted().transaction().transaction_id(),
              RandomId(100 * i));
  }
}

TEST_F(PostPipeTest, SendWaitsWhileThereIsTooMuchUnderWay) {
  PostPipeOptions options = Options();
  options.in_flight = 2;
  auto pipe = Must(PostPipe::Open(options));
  std::deque<v1::PostRequest> requests;
  std::atomic<int> done = 0;
  gate_->Close();
  const auto send = [&](std::uint64_t number) {
    pipe->Send(requests.emplace_back(RequestOf(number)),
               [&](const Status& status, v1::PostResponse&) {
                 EXPECT_OK(status);
                 ++done;
               });
  };
  send(1);
  gate_->AwaitArrival();
  send(2);
  auto third = std::async(std::launch::async, [&] { send(3); });
  EXPECT_EQ(third.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_EQ(done, 0);
  gate_->Open();
  third.get();
  // Waits for what is under way.
  pipe.reset();
  EXPECT_EQ(done, 3);
}

TEST_F(PostPipeTest, WhoMayNotIsToldThatNothingWasTakenUp) {
  std::deque<v1::PostRequest> requests;
  for (const char* token : {"reader", "unknown"}) {
    auto pipe = Must(PostPipe::Open(Options(token)));
    std::promise<Status> answered;
    pipe->Send(requests.emplace_back(RequestOf(1)),
               [&](const Status& status, v1::PostResponse&) { answered.set_value(status); });
    EXPECT_EQ(answered.get_future().get().kind(), Status::Kind::kRefused) << token;
  }
  EXPECT_TRUE(CountPosted().empty());
}

// One that is refused as a whole does not take those before it along.
TEST_F(PostPipeTest, WhatCameBeforeARefusalIsAnswered) {
  auto pipe = Must(PostPipe::Open(Options()));
  const v1::PostRequest good = RequestOf(1);
  v1::PostRequest bad = RequestOf(2);
  v1::Transaction& transaction = *bad.mutable_transactions(0);
  transaction.GetReflection()->MutableUnknownFields(&transaction)->AddVarint(99, 1);
  gate_->Close();
  std::promise<Status> first;
  std::promise<Status> second;
  pipe->Send(good, [&](const Status& status, v1::PostResponse&) { first.set_value(status); });
  gate_->AwaitArrival();
  pipe->Send(bad, [&](const Status& status, v1::PostResponse&) { second.set_value(status); });
  gate_->Open();
  EXPECT_OK(first.get_future().get());
  EXPECT_EQ(second.get_future().get().kind(), Status::Kind::kInvalidArgument);
  // And the pipe goes on.
  std::promise<Status> third;
  const v1::PostRequest next = RequestOf(3);
  pipe->Send(next, [&](const Status& status, v1::PostResponse&) { third.set_value(status); });
  EXPECT_OK(third.get_future().get());
  pipe.reset();
  EXPECT_EQ(CountPosted().size(), 2U * kEach);
}

TEST_F(PostPipeTest, GivesUpWhenThereIsNoServer) {
  PostPipeOptions options = Options();
  options.give_up_after = std::chrono::milliseconds(200);
  StopServer();
  server_.reset();
  auto pipe = Must(PostPipe::Open(options));
  const v1::PostRequest request = RequestOf(1);
  std::promise<Status> answered;
  pipe->Send(request, [&](const Status& status, v1::PostResponse&) { answered.set_value(status); });
  EXPECT_EQ(answered.get_future().get().kind(), Status::Kind::kIoError);
}

TEST_F(PostPipeTest, OpensAndClosesWithoutARequest) {
  for (int i = 0; i < 20; ++i) {
    Must(PostPipe::Open(Options())).reset();
  }
  ServerAddress wrong;
  wrong.target = "localhost:1";
  wrong.ca_file = directory_ / "none.pem";
  PostPipeOptions options;
  options.server = wrong;
  EXPECT_FALSE(PostPipe::Open(options).ok());
}

}  // namespace
}  // namespace lumbung
