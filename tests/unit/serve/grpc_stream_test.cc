// PostStream over a real connection: order, clients that stop or go away, policies that change, and
// a server that stops.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using testing::Each;
using testing::ElementsAre;

class PostStreamTest : public GrpcTest {
 protected:
  void SetUp() override { Serve(); }

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

  std::uint64_t Head() { return ledger_->shard(0).head().sequence; }

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

// Though work waits for its turn and several threads start it: what a stream sends is recorded in
// its order, while other streams of the same principal do the same.
class OrderTest : public PostStreamTest {
 protected:
  void SetUp() override {
    options_.admission.window = 2;
    Serve();
  }
  // The sequences that `requests` of one transaction each are recorded at.
  std::vector<std::uint64_t> PostOneByOne(std::uint64_t first, std::uint64_t requests) {
    const auto context = ContextOf("all");
    const Stream stream = stub_->PostStream(context.get());
    std::thread writer([&] {
      for (std::uint64_t i = 0; i < requests; ++i) {
        EXPECT_TRUE(stream->Write(RequestOf(first + i, 1)));
      }
      stream->WritesDone();
    });
    std::vector<std::uint64_t> sequences;
    v1::PostResponse response;
    while (stream->Read(&response)) {
      EXPECT_EQ(response.results(0).code(), v1::OK);
      sequences.push_back(response.results(0).sequence());
    }
    writer.join();
    return sequences;
  }
};

TEST_F(OrderTest, WhatAStreamSendsIsRecordedInItsOrder) {
  static constexpr std::uint64_t kRequests = 1'000;
  std::vector<std::thread> streams;
  for (std::uint64_t stream = 0; stream < 3; ++stream) {
    streams.emplace_back([this, stream] {
      const auto sequences = PostOneByOne(10'000 * stream, kRequests);
      EXPECT_EQ(sequences.size(), kRequests);
      EXPECT_TRUE(std::is_sorted(sequences.begin(), sequences.end()));
    });
  }
  for (std::thread& stream : streams) {
    stream.join();
  }
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

}  // namespace
}  // namespace lumbung
