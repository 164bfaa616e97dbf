// Every method with every role: who is let through, and that nobody is without credentials.
#include <functional>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using Stub = v1::LedgerService::Stub;

struct Row {
  // The method, and what is asked of it where it matters.
  std::string method;
  std::string what;
  std::set<std::string> allowed;
  std::function<grpc::Status(Stub&, grpc::ClientContext&)> call;
};

const std::set<std::string> kRoles = {"poster", "reader", "auditor", "operator", "bank"};
const std::set<std::string> kReaders = {"poster", "reader", "auditor", "operator"};

template <typename Request, typename Response>
Row Unary(const std::string& method, const std::string& what, const std::set<std::string>& allowed,
          grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*),
          const Request& request) {
  return {method, what, allowed, [call, request](Stub& stub, grpc::ClientContext& context) {
            Response response;
            return (stub.*call)(&context, request, &response);
          }};
}

v1::ExecuteRequest ExecuteOf(const v1::Command& command) {
  v1::ExecuteRequest request;
  *request.add_commands() = command;
  return request;
}

v1::PostRequest PostOf(const v1::Command& command) {
  v1::PostRequest request;
  *request.add_transactions() = command.post();
  return request;
}

grpc::Status PostByStream(Stub& stub, grpc::ClientContext& context) {
  const auto stream = stub.PostStream(&context);
  stream->Write(PostOf(Sale(RandomId(2))));
  stream->WritesDone();
  v1::PostResponse response;
  while (stream->Read(&response)) {
  }
  return stream->Finish();
}

grpc::Status ReplayAll(Stub& stub, grpc::ClientContext& context) {
  const auto reader = stub.Replay(&context, {});
  v1::ReplayResponse message;
  while (reader->Read(&message)) {
  }
  return reader->Finish();
}

std::vector<Row> MakeRows() {
  const std::set<std::string> posters = {"poster"};
  const std::set<std::string> operators = {"operator"};
  v1::ReleaseRequest release;
  release.set_command_id(RandomId(5));
  *release.mutable_release() = Release("", RandomId(3)).release();
  v1::ReverseRequest reverse;
  *reverse.mutable_reversal() = Reversal(RandomId(6), RandomId(1)).post();
  v1::GetTransactionRequest transaction;
  transaction.set_cooperative(kTestCooperative);
  transaction.set_transaction_id(RandomId(1));
  v1::GetAccountRequest account;
  account.mutable_account()->set_cooperative(kTestCooperative);
  account.mutable_account()->set_code(1101);
  v1::ListAccountsRequest accounts;
  accounts.set_cooperative(kTestCooperative);
  v1::GetCooperativeRequest cooperative;
  cooperative.set_cooperative(kTestCooperative);
  const v1::Command sale = Sale(RandomId(7));
  const v1::Command freezing = ChangeAccountStatus(RandomId(8), 4101, 0, v1::AccountStatus::OPEN);
  const v1::Command report = ReportLoan(RandomId(9), 1);
  return {
      Unary("Post", "", posters, &Stub::Post, PostOf(Sale(RandomId(1)))),
      {"PostStream", "", posters, PostByStream},
      Unary("Execute", "post", posters, &Stub::Execute, ExecuteOf(sale)),
      Unary("Execute", "operate", operators, &Stub::Execute, ExecuteOf(freezing)),
      Unary("Execute", "report", {"operator", "bank"}, &Stub::Execute, ExecuteOf(report)),
      Unary("DryRun", "post", posters, &Stub::DryRun, ExecuteOf(sale)),
      Unary("DryRun", "operate", operators, &Stub::DryRun, ExecuteOf(freezing)),
      Unary("DryRun", "report", {"operator", "bank"}, &Stub::DryRun, ExecuteOf(report)),
      Unary("Hold", "", posters, &Stub::Hold, HoldSavings(RandomId(3), 1, 5).hold()),
      Unary("Capture", "", posters, &Stub::Capture, Capture(RandomId(4), RandomId(3)).capture()),
      Unary("Release", "", posters, &Stub::Release, release),
      Unary("Reverse", "", posters, &Stub::Reverse, reverse),
      Unary("GetTransaction", "", kReaders, &Stub::GetTransaction, transaction),
      Unary("GetAccount", "", kReaders, &Stub::GetAccount, account),
      Unary("ListAccounts", "", kReaders, &Stub::ListAccounts, accounts),
      Unary("GetCooperative", "", kReaders, &Stub::GetCooperative, cooperative),
      {"Replay", "", {"auditor", "operator"}, ReplayAll},
      Unary("GetLedgerInfo", "", kRoles, &Stub::GetLedgerInfo, v1::GetLedgerInfoRequest()),
  };
}

class GrpcRolesTest : public GrpcTest {
 protected:
  void SetUp() override {
    Serve();
    // What is asked for is there, so that who is let through gets OK.
    ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
    ASSERT_EQ(Execute(GrantLoan(RandomId(10), 1, "002")).code, v1::OK);
  }
};

TEST_F(GrpcRolesTest, EveryMethodHasItsRow) {
  std::set<std::string> methods;
  for (const Row& row : MakeRows()) {
    methods.insert(row.method);
  }
  const auto* service = v1::PostRequest::descriptor()->file()->service(0);
  std::set<std::string> there;
  for (int i = 0; i < service->method_count(); ++i) {
    there.insert(service->method(i)->name());
  }
  EXPECT_EQ(methods, there);
}

TEST_F(GrpcRolesTest, EveryMethodWithEveryRole) {
  for (const Row& row : MakeRows()) {
    for (const std::string& role : kRoles) {
      SCOPED_TRACE(row.method + " " + row.what + " by " + role);
      const std::uint64_t head = ledger_->shard(0).head().sequence;
      const auto context = ContextOf(role);
      const grpc::Status status = row.call(*stub_, *context);
      if (row.allowed.contains(role)) {
        EXPECT_TRUE(status.ok()) << status.error_message();
      } else {
        EXPECT_EQ(status.error_code(), StatusCode::PERMISSION_DENIED);
        EXPECT_EQ(ReasonOf(status), "PERMISSION_DENIED");
        EXPECT_EQ(ledger_->shard(0).head().sequence, head);
      }
    }
  }
}

TEST_F(GrpcRolesTest, NoMethodWithoutCredentials) {
  const std::uint64_t head = ledger_->shard(0).head().sequence;
  for (const Row& row : MakeRows()) {
    for (const std::string token : {"", "unknown"}) {
      SCOPED_TRACE(row.method + " with token '" + token + "'");
      const auto context = ContextOf(token);
      EXPECT_EQ(row.call(*stub_, *context).error_code(), StatusCode::UNAUTHENTICATED);
    }
  }
  EXPECT_EQ(ledger_->shard(0).head().sequence, head);
}

// Roles of other cooperatives are as good as none, but for the auditor's, which has no ranges.
TEST_F(GrpcRolesTest, NoMethodForAnothersCooperative) {
  {
    const std::lock_guard lock(mutex_);
    principals_["stranger"] = PrincipalOf(
        "stranger", {GrantOf(Role::kPoster, {{5, 5}}), GrantOf(Role::kReader, {{5, 5}}),
                     GrantOf(Role::kOperator, {{5, 5}}), GrantOf(Role::kBank, {{5, 5}})});
  }
  for (const Row& row : MakeRows()) {
    SCOPED_TRACE(row.method + " " + row.what);
    const auto context = ContextOf("stranger");
    EXPECT_EQ(row.call(*stub_, *context).error_code(),
              row.method == "GetLedgerInfo" ? StatusCode::OK : StatusCode::PERMISSION_DENIED);
  }
}

}  // namespace
}  // namespace lumbung
