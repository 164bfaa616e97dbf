// Every method with every role: who is let through, and that nobody is without credentials.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "tests/support/log_fixture.h"
#include "tests/unit/serve/grpc_fixture.h"

#include "lumbung/ledger/v1/audit.grpc.pb.h"
#include "lumbung/ledger/v1/performance.grpc.pb.h"
#include "lumbung/ledger/v1/projections.grpc.pb.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using Stub = v1::LedgerService::Stub;

struct Stubs {
  Stub& ledger;
  const std::unique_ptr<v1::ProjectionService::Stub> projections;
  const std::unique_ptr<v1::PerformanceService::Stub> performance;
  const std::unique_ptr<v1::AuditService::Stub> audit;

  template <typename Service>
  Service& Of() const {
    if constexpr (std::is_same_v<Service, v1::ProjectionService::Stub>) {
      return *projections;
    } else if constexpr (std::is_same_v<Service, v1::PerformanceService::Stub>) {
      return *performance;
    } else if constexpr (std::is_same_v<Service, v1::AuditService::Stub>) {
      return *audit;
    } else {
      return ledger;
    }
  }
};

struct Row {
  // The method, and what is asked of it where it matters.
  std::string method;
  std::string what;
  std::set<std::string> allowed;
  std::function<grpc::Status(Stubs&, grpc::ClientContext&)> call;
};

// The roles of the policy, and a reader of the region that the test cooperative lies in.
const std::set<std::string> kRoles = {"poster",   "reader", "auditor",
                                      "operator", "bank",   "regional"};
const std::set<std::string> kReaders = {"poster", "reader", "auditor", "operator", "regional"};
const std::set<std::string> kReadersOfAll = {"poster", "reader", "auditor", "operator"};

// The district that the test cooperative lies in.
constexpr const char* kRegion = "32.04.12";

template <typename Service, typename Request, typename Response>
Row Unary(const std::string& method, const std::string& what, const std::set<std::string>& allowed,
          grpc::Status (Service::*call)(grpc::ClientContext*, const Request&, Response*),
          const Request& request) {
  return {method, what, allowed, [call, request](Stubs& stubs, grpc::ClientContext& context) {
            Response response;
            return (stubs.Of<Service>().*call)(&context, request, &response);
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

grpc::Status PostByStream(Stubs& stubs, grpc::ClientContext& context) {
  const auto stream = stubs.ledger.PostStream(&context);
  stream->Write(PostOf(Sale(RandomId(2))));
  stream->WritesDone();
  v1::PostResponse response;
  while (stream->Read(&response)) {
  }
  return stream->Finish();
}

grpc::Status ReplayAll(Stubs& stubs, grpc::ClientContext& context) {
  const auto reader = stubs.ledger.Replay(&context, {});
  v1::ReplayResponse message;
  while (reader->Read(&message)) {
  }
  return reader->Finish();
}

// Of one cooperative: every method of the services beside the ledger's.
std::vector<Row> ProjectionRows(const std::string& finding) {
  using Projections = v1::ProjectionService::Stub;
  using Performance = v1::PerformanceService::Stub;
  using Audit = v1::AuditService::Stub;
  v1::ListEntriesRequest entries;
  entries.mutable_account()->set_cooperative(kTestCooperative);
  entries.mutable_account()->set_code(1101);
  v1::GetStatementRequest statement;
  *statement.mutable_account() = entries.account();
  v1::GetBalanceAtRequest balance;
  *balance.mutable_account() = entries.account();
  balance.set_date(kTestDate);
  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  v1::FindTransactionsRequest find;
  find.set_cooperative(kTestCooperative);
  find.set_reference("till 1");
  v1::PerformanceSubject subject;
  subject.set_cooperative(kTestCooperative);
  v1::GetPerformanceRequest figures;
  *figures.mutable_subject() = subject;
  figures.set_from_date(kTestDate);
  v1::GetHoursRequest hours;
  *hours.mutable_subject() = subject;
  hours.set_day(kTestDate);
  v1::ListPerformanceRequest list;
  list.set_measure(v1::TURNOVER);
  list.set_from_date(kTestDate);
  v1::ComparePerformanceRequest compare;
  *compare.mutable_subject() = subject;
  compare.set_measure(v1::TURNOVER);
  compare.set_day(kTestDate);
  v1::GetFreshnessRequest freshness;
  *freshness.mutable_subject() = subject;
  v1::ListLoansRequest loans;
  loans.set_cooperative(kTestCooperative);
  v1::ListFindingsRequest findings;
  findings.set_cooperative(kTestCooperative);
  v1::GetFindingRequest one;
  one.set_id(finding);
  one.set_cooperative(kTestCooperative);
  v1::GetFindingRequest any;
  any.set_id(finding);
  v1::GetRegionTrialBalanceRequest trial_of_region;
  trial_of_region.set_region(kRegion);
  v1::GetPerformanceRequest figures_of_region;
  figures_of_region.mutable_subject()->set_region(kRegion);
  figures_of_region.set_from_date(kTestDate);
  v1::ListPerformanceRequest list_of_region = list;
  list_of_region.set_region(kRegion);
  v1::ListFindingsRequest findings_of_region;
  findings_of_region.set_region(kRegion);
  return {
      Unary("ListEntries", "", kReaders, &Projections::ListEntries, entries),
      Unary("GetStatement", "", kReaders, &Projections::GetStatement, statement),
      Unary("GetBalanceAt", "", kReaders, &Projections::GetBalanceAt, balance),
      Unary("GetTrialBalance", "", kReaders, &Projections::GetTrialBalance, trial),
      Unary("GetRegionTrialBalance", "of all", kReadersOfAll, &Projections::GetRegionTrialBalance,
            v1::GetRegionTrialBalanceRequest()),
      Unary("GetRegionTrialBalance", "of a region", kReaders, &Projections::GetRegionTrialBalance,
            trial_of_region),
      Unary("FindTransactions", "", kReaders, &Projections::FindTransactions, find),
      Unary("ListProjections", "", kRoles, &Projections::ListProjections,
            v1::ListProjectionsRequest()),
      Unary("GetPerformance", "", kReaders, &Performance::GetPerformance, figures),
      Unary("GetHours", "", kReaders, &Performance::GetHours, hours),
      Unary("GetPerformance", "of a region", kReaders, &Performance::GetPerformance,
            figures_of_region),
      Unary("ListPerformance", "of all", kReadersOfAll, &Performance::ListPerformance, list),
      Unary("ListPerformance", "of a region", kReaders, &Performance::ListPerformance,
            list_of_region),
      Unary("ComparePerformance", "", kReaders, &Performance::ComparePerformance, compare),
      Unary("GetFreshness", "", kReaders, &Performance::GetFreshness, freshness),
      Unary("ListLoans", "", kReaders, &Performance::ListLoans, loans),
      Unary("ListFindings", "of one", kReaders, &Audit::ListFindings, findings),
      Unary("ListFindings", "of all", kReadersOfAll, &Audit::ListFindings,
            v1::ListFindingsRequest()),
      Unary("ListFindings", "of a region", kReaders, &Audit::ListFindings, findings_of_region),
      Unary("GetFinding", "of one", kReaders, &Audit::GetFinding, one),
      Unary("GetFinding", "of all", kReadersOfAll, &Audit::GetFinding, any),
      Unary("CountFindings", "", kReadersOfAll, &Audit::CountFindings, v1::CountFindingsRequest()),
  };
}

std::vector<Row> LedgerRows() {
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
    ASSERT_NO_FATAL_FAILURE(Start());
    ProjectionGatewayOptions options;
    options.state = folder_ / "projections";
    options.names = {"balances", "performance", "audit"};
    projections_ = Must(ProjectionGateway::Start(*ledger_, options));
    ASSERT_NO_FATAL_FAILURE(Serve());
    stubs_ = std::unique_ptr<Stubs>(
        new Stubs{*stub_, v1::ProjectionService::NewStub(ConnectTo(server_->port())),
                  v1::PerformanceService::NewStub(ConnectTo(server_->port())),
                  v1::AuditService::NewStub(ConnectTo(server_->port()))});
    // What is asked for is there, so that who is let through gets OK.
    ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
    ASSERT_EQ(Execute(GrantLoan(RandomId(10), 1, "002")).code, v1::OK);
    const Answer large = Execute(Sale(RandomId(11), 50'000'000'000));
    ASSERT_EQ(large.code, v1::OK);
    AwaitAndFind(large.sequence);
  }
  void TearDown() override {
    projections_->Drain();
    StopServer();
    server_.reset();
    projections_.reset();
  }

  // Until every projection has come so far; the finding that it led to.
  void AwaitAndFind(std::uint64_t sequence) {
    v1::GetTrialBalanceRequest trial;
    trial.set_cooperative(kTestCooperative);
    trial.set_at_least_sequence(sequence);
    v1::GetTrialBalanceResponse lines;
    ASSERT_TRUE(stubs_->projections->GetTrialBalance(ContextOf("all").get(), trial, &lines).ok());
    v1::GetFreshnessRequest freshness;
    freshness.mutable_subject()->set_cooperative(kTestCooperative);
    freshness.set_at_least_sequence(sequence);
    v1::GetFreshnessResponse fresh;
    ASSERT_TRUE(stubs_->performance->GetFreshness(ContextOf("all").get(), freshness, &fresh).ok());
    v1::ListFindingsRequest findings;
    findings.set_cooperative(kTestCooperative);
    findings.set_rule("large-cash");
    findings.set_at_least_sequence(sequence);
    v1::ListFindingsResponse list;
    ASSERT_TRUE(stubs_->audit->ListFindings(ContextOf("all").get(), findings, &list).ok());
    ASSERT_EQ(list.findings_size(), 1);
    finding_ = list.findings(0).id();
  }
  std::vector<Row> MakeRows() const {
    std::vector<Row> rows = LedgerRows();
    for (Row& row : ProjectionRows(finding_)) {
      rows.push_back(std::move(row));
    }
    return rows;
  }

  const TemporaryDirectory folder_;
  std::unique_ptr<Stubs> stubs_;
  std::string finding_;
};

TEST_F(GrpcRolesTest, EveryMethodHasItsRow) {
  std::set<std::string> methods;
  for (const Row& row : MakeRows()) {
    methods.insert(row.method);
  }
  std::set<std::string> there;
  for (const auto* message :
       {v1::PostRequest::descriptor(), v1::ListEntriesRequest::descriptor(),
        v1::GetPerformanceRequest::descriptor(), v1::ListFindingsRequest::descriptor()}) {
    const auto* service = message->file()->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_TRUE(there.insert(service->method(i)->name()).second);
    }
  }
  EXPECT_EQ(methods, there);
}

TEST_F(GrpcRolesTest, EveryMethodWithEveryRole) {
  for (const Row& row : MakeRows()) {
    for (const std::string& role : kRoles) {
      SCOPED_TRACE(row.method + " " + row.what + " by " + role);
      const std::uint64_t head = ledger_->shard(0).head().sequence;
      const auto context = ContextOf(role);
      const grpc::Status status = row.call(*stubs_, *context);
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
      EXPECT_EQ(row.call(*stubs_, *context).error_code(), StatusCode::UNAUTHENTICATED);
    }
  }
  EXPECT_EQ(ledger_->shard(0).head().sequence, head);
}

// Roles of other cooperatives and regions are as good as none, but for the auditor's, which has
// none.
TEST_F(GrpcRolesTest, NoMethodForAnothersCooperative) {
  {
    const std::lock_guard lock(mutex_);
    principals_["stranger"] =
        PrincipalOf("stranger", {GrantOf(Role::kPoster, {{5, 5}}), GrantOf(Role::kReader, {{5, 5}}),
                                 GrantOf(Role::kOperator, {{5, 5}}), GrantOf(Role::kBank, {{5, 5}}),
                                 GrantIn({"33", "32.05", "32.04.13", "32.04.12.2002"})});
  }
  for (const Row& row : MakeRows()) {
    SCOPED_TRACE(row.method + " " + row.what);
    const auto context = ContextOf("stranger");
    EXPECT_EQ(row.call(*stubs_, *context).error_code(),
              row.method == "GetLedgerInfo" || row.method == "ListProjections"
                  ? StatusCode::OK
                  : StatusCode::PERMISSION_DENIED);
  }
}

}  // namespace
}  // namespace lumbung
