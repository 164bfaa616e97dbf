// The unary methods over a real connection: what they answer, and how they refuse.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include "engine/chain/checkpoint.h"
#include "engine/chain/hash.h"
#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using Stub = v1::LedgerService::Stub;
using grpc::StatusCode;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t kMember = 184;

template <typename Message>
void AddUnknownField(Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(9'999, 1);
}

class GrpcUnaryTest : public GrpcTest {
 protected:
  void SetUp() override {
    shards_ = 2;
    Serve();
  }

  // One command, executed; what came of it.
  v1::CommandResult ResultOf(const v1::Command& command) {
    v1::ExecuteRequest request;
    *request.add_commands() = command;
    request.set_with_balances(true);
    v1::ExecuteResponse response;
    const grpc::Status status = Ask(&Stub::Execute, request, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0) : v1::CommandResult();
  }
  void ExpectUnknownField(const grpc::Status& status, const std::string& path) {
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << path;
    EXPECT_EQ(ReasonOf(status), "MALFORMED");
    EXPECT_THAT(FieldOf(status), StartsWith(path));
  }
};

TEST_F(GrpcUnaryTest, PostsInOrder) {
  v1::PostRequest request;
  *request.add_transactions() = Deposit(RandomId(1), kMember, 1'000).post();
  *request.add_transactions() = Withdrawal(RandomId(2), kMember, 400).post();
  *request.add_transactions() = Withdrawal(RandomId(3), kMember, 700).post();
  *request.add_transactions() = Deposit(RandomId(1), kMember, 1'000).post();
  *request.add_transactions() = Deposit(RandomId(1), kMember, 2'000).post();
  v1::PostResponse response;
  ASSERT_TRUE(Ask(&Stub::Post, request, response).ok());
  ASSERT_EQ(response.results_size(), 5);
  const v1::CommandResult& first = response.results(0);
  EXPECT_EQ(first.code(), v1::OK);
  EXPECT_EQ(first.posting_date(), kTestDate);
  EXPECT_EQ(first.balances_size(), 0);
  const v1::Event event = EventOf(first);
  EXPECT_EQ(event.transaction_posted().transaction().transaction_id(), RandomId(1));
  EXPECT_EQ(event.actor(), "everyman");
  EXPECT_EQ(AsView(Hasher().Leaf(event.SerializeAsString())), first.hash());
  EXPECT_EQ(response.results(1).sequence(), first.sequence() + 1);
  EXPECT_EQ(response.results(2).code(), v1::INSUFFICIENT_FUNDS);
  EXPECT_FALSE(response.results(2).detail().empty());
  EXPECT_TRUE(response.results(3).replayed());
  EXPECT_EQ(response.results(3).sequence(), first.sequence());
  EXPECT_EQ(response.results(4).code(), v1::ID_CONFLICT);
}

TEST_F(GrpcUnaryTest, BringsBalances) {
  v1::PostRequest request;
  *request.add_transactions() = Deposit(RandomId(1), kMember, 1'000).post();
  request.set_with_balances(true);
  v1::PostResponse response;
  ASSERT_TRUE(Ask(&Stub::Post, request, response).ok());
  const v1::CommandResult& result = response.results(0);
  EXPECT_EQ(result.balances_as_of(), result.sequence());
  ASSERT_EQ(result.balances_size(), 2);
  EXPECT_EQ(result.balances(1).account().cooperative(), kTestCooperative);
  EXPECT_EQ(result.balances(1).account().code(), 2111U);
  EXPECT_EQ(result.balances(1).account().holder(), kMember);
  EXPECT_EQ(result.balances(1).account().currency(), "");
  EXPECT_EQ(result.balances(1).balance(), 1'000);
  EXPECT_EQ(result.balances(1).available(), 1'000);
}

TEST_F(GrpcUnaryTest, ExecutesCommandsOfAnyKind) {
  const v1::CommandResult registered = ResultOf(RegisterCooperative(RandomId(1), 5));
  EXPECT_EQ(registered.code(), v1::OK);
  EXPECT_EQ(registered.shard(), ShardOf(5, 2));
  EXPECT_TRUE(EventOf(registered).has_cooperative_registered());
  const v1::CommandResult chart = ResultOf(PublishDefaultChart(RandomId(2)));
  EXPECT_NE(chart.code(), v1::OK) << "it is there";
  EXPECT_EQ(ResultOf(PostBatch(RandomId(3),
                               {Sale(RandomId(30)).post(), Withdrawal(RandomId(31), 9, 5).post()}))
                .item(),
            1U);
}

TEST_F(GrpcUnaryTest, ADryRunRecordsNothing) {
  v1::ExecuteRequest request;
  *request.add_commands() = Deposit(RandomId(1), kMember, 500);
  *request.add_commands() = Withdrawal(RandomId(2), kMember, 500);
  request.set_with_balances(true);
  v1::ExecuteResponse response;
  const std::uint32_t home = ShardOf(kTestCooperative, 2);
  const Head before = ledger_->shard(home).head();
  ASSERT_TRUE(Ask(&Stub::DryRun, request, response).ok());
  EXPECT_EQ(response.results(0).code(), v1::OK);
  EXPECT_EQ(response.results(0).sequence(), 0U);
  EXPECT_EQ(response.results(0).hash(), "");
  EXPECT_EQ(response.results(0).posting_date(), kTestDate);
  ASSERT_EQ(response.results(0).balances_size(), 2);
  EXPECT_EQ(response.results(0).balances(1).balance(), 500);
  EXPECT_EQ(response.results(1).code(), v1::INSUFFICIENT_FUNDS);
  EXPECT_EQ(ledger_->shard(home).head(), before);
}

TEST_F(GrpcUnaryTest, HoldsCapturesReleasesAndReverses) {
  ASSERT_EQ(PostOne(Deposit(RandomId(1), kMember, 1'000)).code(), v1::OK);
  v1::ExecuteResponse response;
  ASSERT_TRUE(Ask(&Stub::Hold, HoldSavings(RandomId(2), kMember, 300).hold(), response).ok());
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).code(), v1::OK);
  EXPECT_EQ(response.results(0).balances(0).available(), 700);
  EXPECT_EQ(response.results(0).balances(0).held_debit(), 300);
  ASSERT_TRUE(Ask(&Stub::Capture, Capture(RandomId(3), RandomId(2)).capture(), response).ok());
  EXPECT_EQ(response.results(0).code(), v1::OK) << response.results(0).detail();
  EXPECT_EQ(response.results(0).balances(0).balance(), 700);
  ASSERT_TRUE(Ask(&Stub::Hold, HoldSavings(RandomId(4), kMember, 50).hold(), response).ok());
  v1::ReleaseRequest release;
  release.set_command_id(RandomId(5));
  *release.mutable_release() = Release("", RandomId(4)).release();
  ASSERT_TRUE(Ask(&Stub::Release, release, response).ok());
  EXPECT_EQ(response.results(0).code(), v1::OK) << response.results(0).detail();
  EXPECT_EQ(response.results(0).balances(0).available(), 700);
  v1::ReverseRequest reverse;
  *reverse.mutable_reversal() = Reversal(RandomId(6), RandomId(3)).post();
  ASSERT_TRUE(Ask(&Stub::Reverse, reverse, response).ok());
  EXPECT_EQ(response.results(0).code(), v1::OK) << response.results(0).detail();
  EXPECT_EQ(response.results(0).balances(0).balance(), 1'000);
  reverse.mutable_reversal()->clear_reverses();
  const grpc::Status none = Ask(&Stub::Reverse, reverse, response);
  EXPECT_EQ(none.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(none), "reversal.reverses");
}

TEST_F(GrpcUnaryTest, GetsTransactions) {
  const v1::CommandResult posted = PostOne(Sale(RandomId(1)));
  v1::GetTransactionRequest request;
  request.set_cooperative(kTestCooperative);
  request.set_transaction_id(RandomId(1));
  v1::GetTransactionResponse response;
  ASSERT_TRUE(Ask(&Stub::GetTransaction, request, response).ok());
  EXPECT_EQ(response.result().SerializeAsString(), posted.SerializeAsString());
  EXPECT_EQ(AsView(Hasher().Leaf(response.event())), posted.hash());
  EXPECT_EQ(response.as_of(), posted.sequence());
  request.set_transaction_id(RandomId(2));
  const grpc::Status none = Ask(&Stub::GetTransaction, request, response);
  EXPECT_EQ(none.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(none), "UNKNOWN_TRANSACTION");
}

TEST_F(GrpcUnaryTest, ListsAccountsInPages) {
  for (std::uint64_t member = 1; member <= 9; ++member) {
    ASSERT_EQ(PostOne(Deposit(RandomId(member), member, 5)).code(), v1::OK);
  }
  v1::ListAccountsRequest request;
  request.set_cooperative(kTestCooperative);
  request.set_page_size(4);
  std::vector<int> sizes;
  std::vector<std::uint64_t> holders;
  do {
    v1::ListAccountsResponse page;
    ASSERT_TRUE(Ask(&Stub::ListAccounts, request, page).ok());
    sizes.push_back(page.accounts_size());
    for (const auto& account : page.accounts()) {
      holders.push_back(account.balance().account().holder());
    }
    request.set_cursor(page.next_cursor());
  } while (!request.cursor().empty());
  EXPECT_THAT(sizes, testing::ElementsAre(4, 4, 2));
  EXPECT_THAT(holders, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));

  v1::GetAccountRequest one;
  one.mutable_account()->set_cooperative(kTestCooperative);
  one.mutable_account()->set_code(1101);
  v1::GetAccountResponse account;
  ASSERT_TRUE(Ask(&Stub::GetAccount, one, account).ok());
  EXPECT_EQ(account.balance().balance(), 45);
  EXPECT_EQ(account.status(), v1::AccountStatus::OPEN);
  v1::GetCooperativeRequest which;
  which.set_cooperative(kTestCooperative);
  v1::GetCooperativeResponse cooperative;
  ASSERT_TRUE(Ask(&Stub::GetCooperative, which, cooperative).ok());
  EXPECT_EQ(cooperative.versions(0).chart(), "kdmp");
  EXPECT_EQ(cooperative.shard(), ShardOf(kTestCooperative, 2));
}

TEST_F(GrpcUnaryTest, TheCheckpointOfTheLedgerIsSigned) {
  ASSERT_EQ(PostOne(Sale(RandomId(1))).code(), v1::OK);
  v1::GetLedgerInfoResponse info;
  ASSERT_TRUE(Ask(&Stub::GetLedgerInfo, {}, info).ok());
  PublicKey key{};
  ASSERT_EQ(info.checkpoint_key().size(), key.size());
  std::copy(info.checkpoint_key().begin(), info.checkpoint_key().end(), key.begin());
  ASSERT_EQ(info.shards_size(), 2);
  for (const v1::ShardInfo& shard : info.shards()) {
    const auto checkpoint = OpenCheckpoint(shard.checkpoint(), key);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status().message();
    EXPECT_EQ(checkpoint->size, shard.head());
    EXPECT_EQ(AsView(checkpoint->root), shard.root());
    EXPECT_EQ(shard.head(), ledger_->shard(shard.shard()).head().sequence);
    EXPECT_EQ(shard.hash(), AsView(ledger_->shard(shard.shard()).head().hash));
  }
  key[0] ^= 1;
  EXPECT_FALSE(OpenCheckpoint(info.shards(0).checkpoint(), key).ok());
}

TEST_F(GrpcUnaryTest, UnknownFieldsAreRefusedWithTheirPath) {
  v1::PostRequest post;
  *post.add_transactions() = Sale(RandomId(1)).post();
  *post.add_transactions() = Sale(RandomId(2)).post();
  v1::PostRequest changed = post;
  AddUnknownField(*changed.mutable_transactions(1)->mutable_entries(0));
  v1::PostResponse posted;
  ExpectUnknownField(Ask(&Stub::Post, changed, posted), "transactions[1].entries[0].");
  changed = post;
  AddUnknownField(*changed.mutable_transactions(0)->mutable_party());
  ExpectUnknownField(Ask(&Stub::Post, changed, posted), "transactions[0].party.");
  changed = post;
  AddUnknownField(changed);
  ExpectUnknownField(Ask(&Stub::Post, changed, posted), "");

  v1::ExecuteRequest execute;
  *execute.add_commands() = Sale(RandomId(3));
  AddUnknownField(*execute.mutable_commands(0)->mutable_post());
  v1::ExecuteResponse executed;
  ExpectUnknownField(Ask(&Stub::Execute, execute, executed), "commands[0].post.");
  ExpectUnknownField(Ask(&Stub::DryRun, execute, executed), "commands[0].post.");
  v1::Hold hold = HoldSavings(RandomId(4), kMember, 1).hold();
  AddUnknownField(*hold.mutable_transaction());
  ExpectUnknownField(Ask(&Stub::Hold, hold, executed), "transaction.");
  v1::ReleaseRequest release;
  AddUnknownField(release);
  ExpectUnknownField(Ask(&Stub::Release, release, executed), "");
  v1::ReverseRequest reverse;
  *reverse.mutable_reversal() = Reversal(RandomId(5), RandomId(1)).post();
  AddUnknownField(reverse);
  ExpectUnknownField(Ask(&Stub::Reverse, reverse, executed), "");
  v1::GetAccountRequest get;
  AddUnknownField(*get.mutable_account());
  v1::GetAccountResponse account;
  ExpectUnknownField(Ask(&Stub::GetAccount, get, account), "account.");
  EXPECT_EQ(ledger_->shard(ShardOf(kTestCooperative, 2)).head().sequence, 3U);
}

TEST_F(GrpcUnaryTest, WhatIsTooLargeIsRefused) {
  v1::PostRequest many;
  for (int i = 0; i < 8'193; ++i) {
    *many.add_transactions() = Sale(RandomId(1)).post();
  }
  v1::PostResponse posted;
  const grpc::Status too_many = Ask(&Stub::Post, many, posted);
  EXPECT_EQ(too_many.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(too_many), "TOO_LARGE");
  EXPECT_EQ(FieldOf(too_many), "transactions");
  v1::PostRequest large;
  for (int i = 0; i < 1'000; ++i) {
    *large.add_transactions() = Sale(RandomId(1)).post();
    large.mutable_transactions(i)->mutable_sealed()->set_ciphertext(std::string(5'000, 'x'));
  }
  EXPECT_EQ(Ask(&Stub::Post, large, posted).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(PostOne(Sale(RandomId(1))).code(), v1::OK);
}

TEST_F(GrpcUnaryTest, DenialsNameWhatAndNotWhetherItIsThere) {
  v1::PostRequest request;
  *request.add_transactions() = Sale(RandomId(1), 100, 5).post();
  *request.add_transactions() = Sale(RandomId(2)).post();
  v1::PostResponse response;
  const grpc::Status denied = Ask(&Stub::Post, request, response, "other");
  EXPECT_EQ(denied.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(denied), "PERMISSION_DENIED");
  EXPECT_EQ(FieldOf(denied), "transactions[1]");
  v1::ExecuteResponse executed;
  const grpc::Status hold =
      Ask(&Stub::Hold, HoldSavings(RandomId(3), kMember, 1).hold(), executed, "other");
  EXPECT_EQ(hold.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(FieldOf(hold), "");
}

TEST_F(GrpcUnaryTest, NobodyIsToldSo) {
  v1::GetLedgerInfoResponse info;
  for (const char* token : {"", "wrong", "ALL"}) {
    const grpc::Status status = Ask(&Stub::GetLedgerInfo, {}, info, token);
    EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(ReasonOf(status), "UNAUTHENTICATED");
  }
}

// The client has gone by its deadline; what was decided in time is there.
TEST_F(GrpcUnaryTest, ADeadlineEndsTheCallAndNotWhatWasTakenUp) {
  gate_->Close();
  v1::PostRequest request;
  *request.add_transactions() = Sale(RandomId(1)).post();
  v1::PostResponse response;
  std::promise<grpc::Status> ended;
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer all");
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  stub_->async()->Post(&context, &request, &response,
                       [&](const grpc::Status& status) { ended.set_value(status); });
  gate_->AwaitArrival();
  EXPECT_EQ(ended.get_future().get().error_code(), StatusCode::DEADLINE_EXCEEDED);
  gate_->Open();
  EXPECT_TRUE(PostOne(Sale(RandomId(1))).replayed());
}

TEST_F(GrpcUnaryTest, BrakesByStatusWhenThereIsTooMuch) {
  server_.reset();
  gateway_.reset();
  options_.admission.max_commands = 2;
  gateway_ = std::make_unique<Gateway>(*ledger_, options_);
  Serve();
  v1::PostRequest request;
  for (std::uint64_t i = 0; i < 3; ++i) {
    *request.add_transactions() = Sale(RandomId(i)).post();
  }
  v1::PostResponse response;
  const grpc::Status status = Ask(&Stub::Post, request, response);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
}

TEST_F(GrpcUnaryTest, AnIdGoesThroughAndCallsAreObserved) {
  const auto context = ContextOf("all");
  context->AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  v1::GetLedgerInfoResponse info;
  ASSERT_TRUE(stub_->GetLedgerInfo(context.get(), {}, &info).ok());
  const auto& headers = context->GetServerInitialMetadata();
  ASSERT_EQ(headers.count("x-request-id"), 1U);
  EXPECT_EQ(headers.find("x-request-id")->second, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_FALSE(Ask(&Stub::GetLedgerInfo, {}, info, "").ok());
  const std::lock_guard lock(mutex_);
  EXPECT_THAT(observed_, testing::ElementsAre("GetLedgerInfo OK", "GetLedgerInfo UNAUTHENTICATED"));
}

// A call by bytes, as clients that know the schema only from the server make it.
std::string CallByBytes(int port, const std::string& method, const std::string& request,
                        grpc::Status& status) {
  grpc::GenericStub stub(ConnectTo(port));
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  std::promise<grpc::Status> ended;
  const auto context = ContextOf("");
  stub.UnaryCall(context.get(), method, {}, &sent, &received,
                 [&](grpc::Status result) { ended.set_value(std::move(result)); });
  status = ended.get_future().get();
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (status.ok() && received.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices) {
      bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
  }
  return bytes;
}

TEST_F(GrpcUnaryTest, SaysWhetherItServes) {
  grpc::Status status;
  const std::string check = "/grpc.health.v1.Health/Check";
  const std::string service = "lumbung.ledger.v1.LedgerService";
  const std::string named = std::string("\x0a") + static_cast<char>(service.size()) + service;
  EXPECT_EQ(CallByBytes(server_->port(), check, "", status), "\x08\x01") << "SERVING";
  EXPECT_EQ(CallByBytes(server_->port(), check, named, status), "\x08\x01");
  server_->SetServing(false);
  EXPECT_EQ(CallByBytes(server_->port(), check, "", status), "\x08\x02") << "NOT_SERVING";
  EXPECT_EQ(CallByBytes(server_->port(), check, named, status), "\x08\x02");
}

TEST_F(GrpcUnaryTest, SaysWhatItServes) {
  grpc::Status status;
  const std::string list_services = "\x3a\x01*";
  EXPECT_THAT(
      CallByBytes(server_->port(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                  list_services, status),
      HasSubstr("lumbung.ledger.v1.LedgerService"))
      << status.error_message();
}

TEST_F(GrpcUnaryTest, APortThatIsTakenIsAnError) {
  GrpcServerOptions options = server_options_;
  options.listen = "localhost:" + std::to_string(server_->port());
  const auto second = GrpcServer::Start(*gateway_, nullptr, 2, options);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().message(), HasSubstr(options.listen));
}

TEST_F(GrpcUnaryTest, WhileDrainingCallsAreRefused) {
  gateway_->Drain();
  v1::PostRequest request;
  *request.add_transactions() = Sale(RandomId(1)).post();
  v1::PostResponse response;
  const grpc::Status status = Ask(&Stub::Post, request, response);
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
  v1::GetLedgerInfoResponse info;
  EXPECT_EQ(Ask(&Stub::GetLedgerInfo, {}, info).error_code(), StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace lumbung
