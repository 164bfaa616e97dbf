// Events read from a server: those that were asked for, in order, until it is told to stop.
#include "engine/client/event_stream.h"

#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using testing::ElementsAre;

class EventStreamTest : public GrpcTest {
 protected:
  void SetUp() override {
    Serve();
    for (std::uint64_t i = 0; i < 5; ++i) {
      ASSERT_EQ(Execute(Sale(RandomId(i))).code, v1::OK);
    }
  }
  // What comes of the request; `visit_` is asked after each event.
  Status Read(std::uint64_t from, std::uint64_t through, bool follow = false,
              const std::string& token = "auditor") {
    ServerAddress address;
    address.target = "localhost:" + std::to_string(server_->port());
    address.token = token;
    auto client = Must(CommandClient::Open(address));
    v1::ReplayRequest request;
    request.set_from(from);
    request.set_through(through);
    request.set_follow(follow);
    return ReadEvents(
        *client, request,
        [this](std::uint64_t sequence, std::string_view bytes) {
          EXPECT_EQ(ledger_->shard(0).log().ReadEvent(sequence).value(), bytes);
          seen_.push_back(sequence);
          return visit_();
        },
        [this] { return stop_.load(); });
  }

  std::vector<std::uint64_t> seen_;
  std::function<Status()> visit_ = [] { return Status::Ok(); };
  std::atomic<bool> stop_ = false;
};

TEST_F(EventStreamTest, GivesWhatIsAskedFor) {
  EXPECT_OK(Read(0, 0));
  EXPECT_EQ(seen_.size(), ledger_->shard(0).head().sequence);
  EXPECT_EQ(seen_.front(), 1U);
  seen_.clear();
  EXPECT_OK(Read(2, 4));
  EXPECT_THAT(seen_, ElementsAre(2U, 3U, 4U));
  seen_.clear();
  // What is not there yet is no error.
  EXPECT_OK(Read(1'000, 0));
  EXPECT_THAT(seen_, ElementsAre());
}

TEST_F(EventStreamTest, EndsWhenTheVisitorSaysSo) {
  visit_ = [this] { return seen_.size() < 2 ? Status::Ok() : Status::IoError("full"); };
  const Status status = Read(1, 0);
  EXPECT_EQ(status.message(), "full");
  EXPECT_THAT(seen_, ElementsAre(1U, 2U));
}

TEST_F(EventStreamTest, FollowsUntilItIsStopped) {
  const std::uint64_t head = ledger_->shard(0).head().sequence;
  std::atomic<std::uint64_t> posted = 0;
  // After the last that there is, one more comes; after that it waits, and is stopped.
  visit_ = [&] {
    if (seen_.back() == head) {
      EXPECT_EQ(Execute(Sale(RandomId(100))).code, v1::OK);
      ++posted;
    }
    stop_ = seen_.back() == head + 1;
    return Status::Ok();
  };
  const Status status = Read(head, 0, true);
  EXPECT_EQ(status.kind(), Status::Kind::kCancelled);
  EXPECT_THAT(seen_, ElementsAre(head, head + 1));
}

TEST_F(EventStreamTest, SaysWhyThereAreNone) {
  EXPECT_EQ(Read(1, 0, false, "poster").kind(), Status::Kind::kRefused);
  StopServer();
  EXPECT_EQ(Read(1, 0).kind(), Status::Kind::kIoError);
  EXPECT_THAT(seen_, ElementsAre());
}

}  // namespace
}  // namespace lumbung
