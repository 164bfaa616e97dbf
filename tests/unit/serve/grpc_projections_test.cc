// ProjectionService, PerformanceService and AuditService over gRPC: the same answers and the same
// refusals as their gateway's.
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

class GrpcProjectionsTest : public GrpcTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Start());
    ProjectionGatewayOptions options;
    options.state = folder_ / "projections";
    options.names = {"balances", "performance", "audit"};
    projections_ = Must(ProjectionGateway::Start(*ledger_, options));
    ASSERT_NO_FATAL_FAILURE(Serve());
    asked_ = v1::ProjectionService::NewStub(ConnectTo(server_->port()));
    performance_ = v1::PerformanceService::NewStub(ConnectTo(server_->port()));
    audit_ = v1::AuditService::NewStub(ConnectTo(server_->port()));
  }
  void TearDown() override {
    projections_->Drain();
    StopServer();
    server_.reset();
    projections_.reset();
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status AskFor(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, Response& response,
                      const std::string& token = "all") {
    const auto context = ContextOf(token);
    if constexpr (std::is_same_v<Stub, v1::PerformanceService::Stub>) {
      return (performance_.get()->*method)(context.get(), request, &response);
    } else if constexpr (std::is_same_v<Stub, v1::AuditService::Stub>) {
      return (audit_.get()->*method)(context.get(), request, &response);
    } else {
      return (asked_.get()->*method)(context.get(), request, &response);
    }
  }
  static v1::ListEntriesRequest EntriesOf(std::uint64_t sequence) {
    v1::ListEntriesRequest request;
    request.mutable_account()->set_cooperative(kTestCooperative);
    request.mutable_account()->set_code(1101);
    request.set_at_least_sequence(sequence);
    return request;
  }

  const TemporaryDirectory folder_;
  std::unique_ptr<v1::ProjectionService::Stub> asked_;
  std::unique_ptr<v1::PerformanceService::Stub> performance_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
};

TEST_F(GrpcProjectionsTest, AnswersEveryQuestion) {
  const v1::CommandResult posted = PostOne(Sale(RandomId(1), 700));
  v1::ListEntriesResponse entries;
  ASSERT_TRUE(
      AskFor(&v1::ProjectionService::Stub::ListEntries, EntriesOf(posted.sequence()), entries)
          .ok());
  ASSERT_EQ(entries.entries_size(), 1);
  EXPECT_EQ(entries.entries(0).debit(), 700);
  EXPECT_EQ(entries.as_of(0).hash(), posted.hash());

  v1::GetStatementRequest statement;
  *statement.mutable_account() = EntriesOf(0).account();
  v1::GetStatementResponse page;
  ASSERT_TRUE(AskFor(&v1::ProjectionService::Stub::GetStatement, statement, page).ok());
  EXPECT_EQ(page.closing().balance(), "700");

  v1::GetBalanceAtRequest at;
  *at.mutable_account() = EntriesOf(0).account();
  at.set_sequence(posted.sequence());
  v1::GetBalanceAtResponse balance;
  ASSERT_TRUE(AskFor(&v1::ProjectionService::Stub::GetBalanceAt, at, balance).ok());
  EXPECT_EQ(balance.sums().balance(), "700");

  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  v1::GetTrialBalanceResponse lines;
  ASSERT_TRUE(AskFor(&v1::ProjectionService::Stub::GetTrialBalance, trial, lines).ok());
  EXPECT_EQ(lines.lines_size(), 2);
  v1::GetRegionTrialBalanceRequest nation;
  ASSERT_TRUE(AskFor(&v1::ProjectionService::Stub::GetRegionTrialBalance, nation, lines).ok());
  EXPECT_EQ(lines.lines_size(), 2);

  v1::FindTransactionsRequest find;
  find.set_cooperative(kTestCooperative);
  find.set_reference("nothing has it");
  v1::FindTransactionsResponse found;
  ASSERT_TRUE(AskFor(&v1::ProjectionService::Stub::FindTransactions, find, found).ok());
  EXPECT_EQ(found.transactions_size(), 0);

  v1::ListProjectionsResponse list;
  ASSERT_TRUE(
      AskFor(&v1::ProjectionService::Stub::ListProjections, v1::ListProjectionsRequest(), list)
          .ok());
  ASSERT_EQ(list.projections_size(), 3);
  EXPECT_EQ(list.projections(0).name(), "balances");
  EXPECT_TRUE(list.projections(0).serving());
  EXPECT_EQ(list.projections(0).stopped(), "");
}

TEST_F(GrpcProjectionsTest, AnswersEveryQuestionAboutPerformance) {
  using Stub = v1::PerformanceService::Stub;
  const v1::CommandResult posted = PostOne(Sale(RandomId(1), 700));
  v1::GetPerformanceRequest figures;
  figures.mutable_subject()->set_cooperative(kTestCooperative);
  figures.set_from_date(kTestDate);
  figures.set_at_least_sequence(posted.sequence());
  v1::GetPerformanceResponse told;
  ASSERT_TRUE(AskFor(&Stub::GetPerformance, figures, told).ok());
  EXPECT_EQ(told.figures().flow().turnover(), "700");
  EXPECT_EQ(told.as_of(0).hash(), posted.hash());
  EXPECT_EQ(AskFor(&Stub::GetPerformance, figures, told, "other").error_code(),
            StatusCode::PERMISSION_DENIED);

  v1::GetHoursRequest day;
  day.set_day(kTestDate);
  v1::GetHoursResponse hours;
  ASSERT_TRUE(AskFor(&Stub::GetHours, day, hours).ok());
  EXPECT_EQ(hours.of().subject().region(), "ID");
  EXPECT_EQ(hours.hours_size(), 1);

  v1::ListPerformanceRequest children;
  children.set_measure(v1::TURNOVER);
  children.set_from_date(kTestDate);
  v1::ListPerformanceResponse list;
  ASSERT_TRUE(AskFor(&Stub::ListPerformance, children, list).ok());
  EXPECT_EQ(list.list_size(), 38);

  v1::ComparePerformanceRequest compare;
  compare.set_measure(v1::TURNOVER);
  compare.set_day(kTestDate);
  v1::ComparePerformanceResponse compared;
  ASSERT_TRUE(AskFor(&Stub::ComparePerformance, compare, compared).ok());
  EXPECT_EQ(compared.value(), "700");

  v1::GetFreshnessResponse fresh;
  ASSERT_TRUE(AskFor(&Stub::GetFreshness, v1::GetFreshnessRequest(), fresh).ok());
  EXPECT_EQ(fresh.cooperatives(), 1U);
}

TEST_F(GrpcProjectionsTest, AnswersEveryQuestionAboutFindings) {
  using Stub = v1::AuditService::Stub;
  // Rp500 million in cash.
  const v1::CommandResult posted = PostOne(Sale(RandomId(1), 50'000'000'000));
  v1::ListFindingsRequest large;
  large.set_rule("large-cash");
  large.set_cooperative(kTestCooperative);
  large.set_at_least_sequence(posted.sequence());
  v1::ListFindingsResponse list;
  ASSERT_TRUE(AskFor(&Stub::ListFindings, large, list).ok());
  ASSERT_EQ(list.findings_size(), 1);
  EXPECT_EQ(list.findings(0).evidence(0).hash(), posted.hash());
  EXPECT_EQ(list.as_of(0).hash(), posted.hash());
  EXPECT_EQ(AskFor(&Stub::ListFindings, large, list, "other").error_code(),
            StatusCode::PERMISSION_DENIED);

  v1::GetFindingRequest one;
  one.set_id(list.findings(0).id());
  v1::GetFindingResponse told;
  ASSERT_TRUE(AskFor(&Stub::GetFinding, one, told).ok());
  EXPECT_EQ(told.finding().rule(), "large-cash");
  one.set_id(RandomId(1));
  EXPECT_EQ(AskFor(&Stub::GetFinding, one, told).error_code(), StatusCode::NOT_FOUND);

  v1::CountFindingsResponse counts;
  ASSERT_TRUE(AskFor(&Stub::CountFindings, v1::CountFindingsRequest(), counts).ok());
  std::uint64_t findings = 0;
  for (const v1::RuleCount& count : counts.counts()) {
    findings += count.rule() == "large-cash" ? count.findings() : 0;
  }
  EXPECT_EQ(findings, 1U);
}

TEST_F(GrpcProjectionsTest, RefusesAsTheLedgersServiceDoes) {
  v1::ListEntriesResponse response;
  const auto list = &v1::ProjectionService::Stub::ListEntries;
  EXPECT_EQ(AskFor(list, EntriesOf(0), response, "nobody").error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(AskFor(list, EntriesOf(0), response, "other").error_code(),
            StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(AskFor(list, EntriesOf(0), response, "bank").error_code(),
            StatusCode::PERMISSION_DENIED);
  const grpc::Status ahead = AskFor(list, EntriesOf(1'000), response);
  EXPECT_EQ(ahead.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(ahead), "at_least_sequence");
  v1::ListEntriesRequest unknown = EntriesOf(0);
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(99, 1);
  EXPECT_EQ(AskFor(list, unknown, response).error_code(), StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lumbung
