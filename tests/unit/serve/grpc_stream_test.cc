// PostStream and Replay over a real connection: order, clients that stop or go away, policies that
// change, and a server that stops.
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
using testing::Each;
using testing::ElementsAre;

class GrpcStreamTest : public GrpcTest {
 protected:
  void SetUp() override { Serve(); }

  static v1::PostRequest RequestOf(std::uint64_t first, int transactions) {
    v1::PostRequest request;
    for (int i = 0; i < transactions; ++i) {
      *request.add_transactions() = Sale(RandomId(first + static_cast<std::uint64_t>(i))).post();
    }
    return request;
  }
  std::uint64_t Head() { return ledger_->shard(0).head().sequence; }
};

class PostStreamTest : public GrpcStreamTest {
 protected:
  using Stream = std::unique_ptr<grpc::ClientReaderWriter<v1::PostRequest, v1::PostResponse>>;

  Stream Open(const std::string& token = "all") {
    context_ = ContextOf(token);
    return stub_->PostStream(context_.get());
  }
  // Sends one request and reads its answer.
  static v1::PostResponse RoundTrip(Stream& stream, const v1::PostRequest& request) {
    v1::PostResponse response;
    EXPECT_TRUE(stream->Write(request));
    EXPECT_TRUE(stream->Read(&response));
    return response;
  }
  // Reads to the end: the codes of all results.
  static std::vector<v1::Code> ReadAll(Stream& stream) {
    std::vector<v1::Code> codes;
    v1::PostResponse response;
    while (stream->Read(&response)) {
      for (const auto& result : response.results()) {
        codes.push_back(result.code());
      }
    }
    return codes;
  }

  std::unique_ptr<grpc::ClientContext> context_;
};

TEST_F(PostStreamTest, HundredsAreUnderWayAndAnsweredInTheirOrder) {
  constexpr std::uint64_t kRequests = 500;
  Stream stream = Open();
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kRequests; ++i) {
      // Of different lengths, so that an answer out of order is seen.
      EXPECT_TRUE(stream->Write(RequestOf(100 * i, 1 + static_cast<int>(i % 7))));
    }
    stream->WritesDone();
  });
  std::uint64_t answered = 0;
  v1::PostResponse response;
  while (stream->Read(&response)) {
    ASSERT_EQ(response.results_size(), 1 + static_cast<int>(answered % 7));
    for (int i = 0; i < response.results_size(); ++i) {
      ASSERT_EQ(response.results(i).code(), v1::OK);
      ASSERT_EQ(EventOf(response.results(i)).transaction_posted().transaction().transaction_id(),
                RandomId(100 * answered + static_cast<std::uint64_t>(i)));
    }
    ++answered;
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answered, kRequests);
}

TEST_F(PostStreamTest, BringsBalancesAndReplays) {
  Stream stream = Open();
  v1::PostRequest request = RequestOf(1, 1);
  const v1::PostResponse first = RoundTrip(stream, request);
  EXPECT_EQ(first.results(0).balances_size(), 0);
  request.set_with_balances(true);
  const v1::PostResponse again = RoundTrip(stream, request);
  EXPECT_TRUE(again.results(0).replayed());
  EXPECT_EQ(again.results(0).hash(), first.results(0).hash());
  ASSERT_EQ(again.results(0).balances_size(), 2);
  EXPECT_EQ(again.results(0).balances(0).balance(), 100);
  stream->WritesDone();
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_TRUE(stream->Finish().ok());
}

// It is held back, and others go on; then it goes away.
TEST_F(PostStreamTest, AClientThatStopsReadingIsHeldBack) {
  constexpr std::uint64_t kRequests = 3'000;
  constexpr int kEach = 100;
  Stream stream = Open();
  std::atomic<std::uint64_t> written = 0;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kRequests; ++i) {
      v1::PostRequest request = RequestOf(1'000'000 + kEach * i, kEach);
      request.set_with_balances(true);
      if (!stream->Write(request)) {
        return;
      }
      ++written;
    }
  });
  // Until nothing more of it is taken up while another one posts again and again.
  std::uint64_t number = 0;
  std::uint64_t before = 0;
  int quiet = 0;
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  while (quiet < 50 && std::chrono::steady_clock::now() < patience) {
    EXPECT_EQ(PostOne(Sale(RandomId(++number))).code(), v1::OK);
    quiet = written > 0 && written == before ? quiet + 1 : 0;
    before = written;
  }
  EXPECT_EQ(quiet, 50);
  EXPECT_LT(written, kRequests);
  context_->TryCancel();
  writer.join();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_EQ(PostOne(Sale(RandomId(++number))).code(), v1::OK);
}

TEST_F(PostStreamTest, AClientThatGoesAwayChangesNothingAboutWhatWasTakenUp) {
  Stream stream = Open();
  gate_->Close();
  ASSERT_TRUE(stream->Write(RequestOf(1, 3)));
  gate_->AwaitArrival();
  context_->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  gate_->Open();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(PostOne(Sale(RandomId(i))).replayed());
  }
}

TEST_F(PostStreamTest, ADenialEndsItAfterWhatCameBefore) {
  Stream stream = Open("poster");
  gate_->Close();
  ASSERT_TRUE(stream->Write(RequestOf(1, 2)));
  gate_->AwaitArrival();
  {
    const std::lock_guard lock(mutex_);
    principals_["poster"] = PrincipalOf("poster", {GrantOf(Role::kPoster, {{5, 5}})});
  }
  ASSERT_TRUE(stream->Write(RequestOf(10, 1)));
  // The stream may have ended by now.
  stream->Write(RequestOf(20, 1));
  gate_->Open();
  EXPECT_THAT(ReadAll(stream), ElementsAre(v1::OK, v1::OK));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(FieldOf(status), "transactions[0]");
  EXPECT_FALSE(PostOne(Sale(RandomId(10))).replayed());
  EXPECT_FALSE(PostOne(Sale(RandomId(20))).replayed());
}

TEST_F(PostStreamTest, AnUnknownFieldEndsItAfterWhatCameBefore) {
  Stream stream = Open();
  gate_->Close();
  ASSERT_TRUE(stream->Write(RequestOf(1, 2)));
  gate_->AwaitArrival();
  v1::PostRequest unknown = RequestOf(10, 2);
  v1::Entry& entry = *unknown.mutable_transactions(1)->mutable_entries(1);
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(99, 1);
  ASSERT_TRUE(stream->Write(unknown));
  stream->Write(RequestOf(20, 1));
  gate_->Open();
  EXPECT_THAT(ReadAll(stream), ElementsAre(v1::OK, v1::OK));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldOf(status), testing::StartsWith("transactions[1].entries[1]."));
  EXPECT_FALSE(PostOne(Sale(RandomId(10))).replayed());
  EXPECT_FALSE(PostOne(Sale(RandomId(20))).replayed());
}

TEST_F(PostStreamTest, WhoIsRevokedPostsNoMore) {
  Stream stream = Open("poster");
  EXPECT_EQ(RoundTrip(stream, RequestOf(1, 1)).results(0).code(), v1::OK);
  Revoke("poster");
  ASSERT_TRUE(stream->Write(RequestOf(2, 1)));
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_FALSE(PostOne(Sale(RandomId(2))).replayed());
}

TEST_F(PostStreamTest, WhatIsTooMuchIsSaidOfEachAndItGoesOn) {
  Stream stream = Open();
  const v1::PostResponse many = RoundTrip(stream, RequestOf(1, 8'193));
  ASSERT_EQ(many.results_size(), 8'193);
  EXPECT_EQ(many.results(8'192).code(), v1::TOO_LARGE);
  EXPECT_EQ(many.results(8'192).sequence(), 0U);
  EXPECT_EQ(RoundTrip(stream, RequestOf(1, 1)).results(0).code(), v1::OK);
  v1::PostRequest large = RequestOf(1, 1'000);
  for (auto& transaction : *large.mutable_transactions()) {
    transaction.mutable_sealed()->set_ciphertext(std::string(5'000, 'x'));
  }
  stream->Write(large);
  EXPECT_TRUE(ReadAll(stream).empty());
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(PostStreamTest, AServerThatStopsAnswersWhatItTookUpAndEnds) {
  Stream stream = Open();
  const auto idle_context = ContextOf("all");
  Stream idle = stub_->PostStream(idle_context.get());
  RoundTrip(idle, RequestOf(500, 1));
  gate_->Close();
  ASSERT_TRUE(stream->Write(RequestOf(1, 2)));
  gate_->AwaitArrival();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::thread stopping([this] { StopServer(); });
  EXPECT_TRUE(ReadAll(idle).empty());
  const grpc::Status ended = idle->Finish();
  EXPECT_EQ(ended.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(ended), "SHUTTING_DOWN");
  gate_->Open();
  EXPECT_THAT(ReadAll(stream), ElementsAre(v1::OK, v1::OK));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
  stopping.join();
  EXPECT_LT(std::chrono::steady_clock::now(), deadline) << "by itself";
}

TEST_F(PostStreamTest, ManyStreamsComeAndGo) {
  std::vector<std::thread> clients;
  std::atomic<int> posted = 0;
  for (std::uint64_t client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      for (std::uint64_t round = 0; round < 10; ++round) {
        const auto context = ContextOf("all");
        auto stream = stub_->PostStream(context.get());
        for (std::uint64_t i = 0; i < 5; ++i) {
          stream->Write(RequestOf(1'000'000 * client + 1'000 * round + 10 * i, 2));
        }
        if (round % 2 == 0) {
          context->TryCancel();
          EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
          continue;
        }
        stream->WritesDone();
        const auto codes = ReadAll(stream);
        EXPECT_THAT(codes, Each(v1::OK));
        posted += static_cast<int>(codes.size());
        EXPECT_TRUE(stream->Finish().ok());
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(posted, 8 * 5 * 10);
}

class ReplayTest : public GrpcStreamTest {
 protected:
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
