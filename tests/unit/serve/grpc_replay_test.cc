// Replay over a real connection: the events' own bytes, in order, and readers and servers that
// stop.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "engine/chain/hash.h"
#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;

class ReplayTest : public GrpcTest {
 protected:
  void SetUp() override { Serve(); }

  struct Replayed {
    std::vector<std::string> events;
    std::uint64_t first = 0;
    grpc::Status status;
  };
  static v1::ReplayRequest Wanted(std::uint64_t from, std::uint64_t through, bool follow = false) {
    v1::ReplayRequest request;
    request.set_from(from);
    request.set_through(through);
    request.set_follow(follow);
    return request;
  }
  Replayed ReplayAll(const v1::ReplayRequest& request, const std::string& token = "all") {
    const auto context = ContextOf(token);
    const auto reader = stub_->Replay(context.get(), request);
    Replayed replayed;
    v1::ReplayResponse message;
    while (reader->Read(&message)) {
      if (replayed.events.empty()) {
        replayed.first = message.first_sequence();
      }
      EXPECT_EQ(message.first_sequence(), replayed.first + replayed.events.size());
      EXPECT_GE(message.head() + 1,
                message.first_sequence() + static_cast<std::uint64_t>(message.events_size()));
      EXPECT_GT(message.events_size(), 0);
      replayed.events.insert(replayed.events.end(), message.events().begin(),
                             message.events().end());
    }
    replayed.status = reader->Finish();
    return replayed;
  }
  std::uint64_t Head() { return ledger_->shard(0).head().sequence; }
  void PostMany(std::uint64_t first, int transactions) {
    v1::PostResponse response;
    ASSERT_TRUE(Ask(&v1::LedgerService::Stub::Post, RequestOf(first, transactions), response).ok());
  }
};

TEST_F(ReplayTest, GivesTheEventsOwnBytes) {
  PostMany(1, 5'000);
  const Replayed all = ReplayAll(Wanted(0, 0));
  EXPECT_TRUE(all.status.ok());
  EXPECT_EQ(all.first, 1U);
  ASSERT_EQ(all.events.size(), Head());
  Hasher hasher;
  std::string previous(32, '\0');
  for (std::uint64_t i = 0; i < all.events.size(); ++i) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(all.events[i]));
    ASSERT_EQ(event.sequence(), i + 1);
    ASSERT_EQ(event.previous_hash(), previous);
    previous = AsView(hasher.Leaf(all.events[i]));
  }
  EXPECT_EQ(previous, AsView(ledger_->shard(0).head().hash));
}

TEST_F(ReplayTest, GivesWhatIsAskedFor) {
  PostMany(1, 100);
  const Replayed all = ReplayAll(Wanted(0, 0));
  const std::uint64_t head = Head();
  for (const auto& [from, through] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {1, 1}, {2, 5}, {50, 0}, {head, 0}, {head, head}, {7, 1'000'000}}) {
    const Replayed part = ReplayAll(Wanted(from, through));
    EXPECT_TRUE(part.status.ok());
    const std::uint64_t last = through == 0 ? head : std::min(through, head);
    EXPECT_EQ(part.first, from);
    EXPECT_EQ(part.events,
              std::vector<std::string>(all.events.begin() + static_cast<std::ptrdiff_t>(from - 1),
                                       all.events.begin() + static_cast<std::ptrdiff_t>(last)));
  }
  for (const auto& [from, through] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {head + 1, 0}, {5, 4}, {1'000'000, 0}}) {
    const Replayed none = ReplayAll(Wanted(from, through));
    EXPECT_TRUE(none.status.ok());
    EXPECT_TRUE(none.events.empty());
  }
  v1::ReplayRequest elsewhere = Wanted(1, 0);
  elsewhere.set_shard(1);
  const Replayed no_shard = ReplayAll(elsewhere);
  EXPECT_EQ(no_shard.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(no_shard.status), "shard");
  v1::ReplayRequest unknown;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(99, 1);
  EXPECT_EQ(ReplayAll(unknown).status.error_code(), StatusCode::INVALID_ARGUMENT);
}

// Without follow it ends at what there was, though more comes all the time.
TEST_F(ReplayTest, EndsThoughTheLedgerGoesOn) {
  PostMany(1, 3'000);
  std::atomic<bool> stop = false;
  std::thread posting([&] {
    for (std::uint64_t i = 10'000; !stop; i += 50) {
      PostMany(i, 50);
    }
  });
  const std::uint64_t head = Head();
  const auto context = ContextOf("all");
  const auto reader = stub_->Replay(context.get(), Wanted(1, 0));
  v1::ReplayResponse message;
  std::uint64_t last = 0;
  std::uint64_t head_of_first = 0;
  while (reader->Read(&message)) {
    head_of_first = head_of_first == 0 ? message.head() : head_of_first;
    last = message.first_sequence() + static_cast<std::uint64_t>(message.events_size()) - 1;
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_GE(last, head);
  EXPECT_EQ(last, head_of_first);
  stop = true;
  posting.join();
}

TEST_F(ReplayTest, FollowsWhatComes) {
  const std::uint64_t head = Head();
  const auto context = ContextOf("all");
  const auto reader = stub_->Replay(context.get(), Wanted(head + 1, head + 30, true));
  std::uint64_t next = head + 1;
  v1::ReplayResponse message;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    PostMany(10 * i, 3);
    while (next <= head + 3 * i) {
      ASSERT_TRUE(reader->Read(&message));
      EXPECT_EQ(message.first_sequence(), next);
      next += static_cast<std::uint64_t>(message.events_size());
    }
  }
  EXPECT_FALSE(reader->Read(&message)) << "it ends at `through`";
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(next, head + 31);
}

TEST_F(ReplayTest, NothingIsFollowedBeforeItIsDurable) {
  const std::uint64_t head = Head();
  const auto context = ContextOf("all");
  const auto reader = stub_->Replay(context.get(), Wanted(head, 0, true));
  v1::ReplayResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.events_size(), 1);
  gate_->Close();
  std::thread posting([this] { PostMany(1, 1); });
  gate_->AwaitArrival();
  auto reading = std::async(std::launch::async, [&] { return reader->Read(&message); });
  EXPECT_EQ(reading.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  gate_->Open();
  EXPECT_TRUE(reading.get());
  EXPECT_EQ(message.first_sequence(), head + 1);
  posting.join();
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::CANCELLED);
}

TEST_F(ReplayTest, IsCancelledWhileItWaits) {
  for (int round = 0; round < 20; ++round) {
    const auto context = ContextOf("all");
    const auto reader = stub_->Replay(context.get(), Wanted(Head() + 1, 0, true));
    v1::ReplayResponse message;
    auto reading = std::async(std::launch::async, [&] { return reader->Read(&message); });
    context->TryCancel();
    EXPECT_FALSE(reading.get());
    EXPECT_EQ(reader->Finish().error_code(), StatusCode::CANCELLED);
  }
  PostMany(1, 1);
}

TEST_F(ReplayTest, AServerThatStopsEndsItWhileItWaits) {
  const auto context = ContextOf("all");
  const auto reader = stub_->Replay(context.get(), Wanted(Head(), 0, true));
  v1::ReplayResponse message;
  ASSERT_TRUE(reader->Read(&message));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::thread stopping([this] { StopServer(); });
  EXPECT_FALSE(reader->Read(&message));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
  stopping.join();
  EXPECT_LT(std::chrono::steady_clock::now(), deadline) << "by itself";
}

// A reader that does not read holds up neither the server nor its stopping.
TEST_F(ReplayTest, AClientThatDoesNotReadIsCutOffAtTheDeadline) {
  // More than lies in the buffers between.
  for (std::uint64_t i = 0; i < 8; ++i) {
    PostMany(1 + i * 8'000, 8'000);
  }
  const auto context = ContextOf("all");
  const auto reader = stub_->Replay(context.get(), Wanted(1, 0));
  v1::ReplayResponse message;
  ASSERT_TRUE(reader->Read(&message));
  StopServer(std::chrono::seconds(1));
  while (reader->Read(&message)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
}

TEST_F(ReplayTest, WhoIsRevokedFollowsNoMore) {
  const auto context = ContextOf("auditor");
  const auto reader = stub_->Replay(context.get(), Wanted(Head(), 0, true));
  v1::ReplayResponse message;
  ASSERT_TRUE(reader->Read(&message));
  Revoke("auditor");
  PostMany(1, 1);
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace lumbung
