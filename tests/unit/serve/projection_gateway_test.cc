// Questions to the projections through their gateway: what was acknowledged is read by who asks for
// it, answers say what they speak for, and who may not learns nothing.
#include "engine/serve/projection_gateway.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "engine/commit/shard_of.h"
#include "engine/serve/position_waiters.h"
#include "tests/unit/serve/projection_gateway_fixture.h"

namespace lumbung {
namespace {

using ::testing::HasSubstr;
using Kind = CallError::Kind;

constexpr std::uint64_t kMember = 184;

using Place = PositionWaiters::Place;

TEST_F(ProjectionGatewayTest, WhoAsksForItReadsWhatWasAcknowledged) {
  StartProjections();
  for (std::uint64_t i = 1; i <= 50; ++i) {
    const Answer answer = Execute(Deposit(RandomId(i), kMember, 10));
    ASSERT_EQ(answer.code, v1::OK);
    v1::ListEntriesRequest request;
    SetAccount(*request.mutable_account(), 2111, kMember);
    request.set_order(v1::ListEntriesRequest::NEWEST_FIRST);
    request.set_page_size(1);
    request.set_at_least_sequence(answer.sequence);
    const auto response = MustAsk(&ProjectionGateway::ListEntries, request);
    ASSERT_EQ(response.entries_size(), 1);
    EXPECT_EQ(response.entries(0).sequence(), answer.sequence);
    EXPECT_EQ(response.entries(0).transaction_id(), RandomId(i));
    EXPECT_EQ(response.entries(0).credit(), 10);
    // Savings grow by credit.
    EXPECT_EQ(response.entries(0).balance(), std::to_string(10 * i));
    ASSERT_EQ(response.as_of_size(), 1);
    EXPECT_EQ(response.as_of(0).shard(), Home());
    EXPECT_GE(response.as_of(0).sequence(), answer.sequence);
    if (response.as_of(0).sequence() == answer.sequence) {
      EXPECT_EQ(response.as_of(0).hash(), AsView(answer.hash));
    }
  }
}

TEST_F(ProjectionGatewayTest, AStatementAddsUpPageByPage) {
  StartProjections();
  std::uint64_t last = 0;
  for (std::uint64_t i = 1; i <= 7; ++i) {
    last = Execute(Deposit(RandomId(i), kMember, static_cast<std::int64_t>(i))).sequence;
  }
  last = Execute(Withdrawal(RandomId(8), kMember, 4)).sequence;
  v1::GetStatementRequest request;
  SetAccount(*request.mutable_account(), 2111, kMember);
  request.set_from_date(kTestDate);
  request.set_to_date(kTestDate);
  request.set_page_size(3);
  request.set_at_least_sequence(last);
  std::vector<std::string> balances;
  do {
    const auto response = MustAsk(&ProjectionGateway::GetStatement, request);
    EXPECT_EQ(response.opening().balance(), "0");
    EXPECT_EQ(response.period().debit(), "4");
    EXPECT_EQ(response.period().credit(), "28");
    EXPECT_EQ(response.closing().balance(), "24");
    EXPECT_EQ(response.closing().entries(), 8U);
    for (const v1::AccountEntry& entry : response.entries()) {
      balances.push_back(entry.balance());
      EXPECT_EQ(entry.posting_date(), kTestDate);
      EXPECT_EQ(entry.business_date(), kTestDate);
    }
    request.set_cursor(response.next_cursor());
  } while (!request.cursor().empty());
  EXPECT_EQ(balances, (std::vector<std::string>{"1", "3", "6", "10", "15", "21", "28", "24"}));
}

TEST_F(ProjectionGatewayTest, BooksAndReferences) {
  StartProjections();
  v1::Command sale = Sale(RandomId(1), 700);
  sale.mutable_post()->set_reference("till 1");
  const std::uint64_t sequence = Execute(sale).sequence;
  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  trial.set_at_least_sequence(sequence);
  const auto lines = MustAsk(&ProjectionGateway::GetTrialBalance, trial);
  ASSERT_EQ(lines.lines_size(), 2);
  EXPECT_EQ(lines.lines(0).code(), 1101U);
  EXPECT_EQ(lines.lines(0).currency(), "IDR");
  EXPECT_EQ(lines.lines(0).period().balance(), "700");
  EXPECT_EQ(lines.lines(1).code(), 4101U);
  EXPECT_EQ(lines.lines(1).closing().balance(), "700");

  v1::GetRegionTrialBalanceRequest nation;
  nation.set_code(1101);
  const auto whole = MustAsk(&ProjectionGateway::GetRegionTrialBalance, nation);
  ASSERT_EQ(whole.lines_size(), 1);
  EXPECT_EQ(whole.lines(0).closing().debit(), "700");
  EXPECT_EQ(whole.as_of_size(), 2) << "of every shard";

  v1::FindTransactionsRequest find;
  find.set_cooperative(kTestCooperative);
  find.set_reference("till 1");
  const auto found = MustAsk(&ProjectionGateway::FindTransactions, find);
  ASSERT_EQ(found.transactions_size(), 1);
  EXPECT_EQ(found.transactions(0).transaction_id(), RandomId(1));
  EXPECT_EQ(found.transactions(0).sequence(), sequence);

  v1::GetBalanceAtRequest at;
  SetAccount(*at.mutable_account(), 1101);
  at.set_sequence(sequence - 1);
  EXPECT_EQ(MustAsk(&ProjectionGateway::GetBalanceAt, at).sums().balance(), "0");
  at.set_date(kTestDate);
  EXPECT_EQ(MustAsk(&ProjectionGateway::GetBalanceAt, at).sums().balance(), "700");
}

TEST_F(ProjectionGatewayTest, WhoMayNotReadIsDenied) {
  StartProjections();
  v1::ListEntriesRequest entries;
  SetAccount(*entries.mutable_account(), 1101);
  v1::GetRegionTrialBalanceRequest region;
  const CooperativeRange own{kTestCooperative, kTestCooperative};
  const CooperativeRange other{1, 2};
  struct Case {
    Grant grant;
    bool may_entries;
    bool may_region;
  };
  for (const Case& one :
       {Case{GrantOf(Role::kReader, {own}), true, false}, Case{GrantOf(Role::kReader), true, true},
        Case{GrantOf(Role::kPoster, {own}), true, false},
        Case{GrantOf(Role::kReader, {other}), false, false},
        Case{GrantOf(Role::kAuditor), true, true}, Case{GrantOf(Role::kBank), false, false}}) {
    const PrincipalPtr who = PrincipalOf("someone", {one.grant});
    const auto first = Ask(&ProjectionGateway::ListEntries, entries, who);
    EXPECT_EQ(first.error && first.error->kind == Kind::kDenied, !one.may_entries);
    const auto second = Ask(&ProjectionGateway::GetRegionTrialBalance, region, who);
    EXPECT_EQ(second.error && second.error->kind == Kind::kDenied, !one.may_region);
  }
}

TEST_F(ProjectionGatewayTest, SaysWhatIsWrongWithAQuestion) {
  StartProjections();
  const std::uint64_t head = Execute(Sale(RandomId(1))).sequence;
  using Request = v1::ListEntriesRequest;
  struct Case {
    const char* field;
    std::function<void(Request&)> spoil;
  };
  const Case cases[] = {
      {"account", [](Request& r) { r.mutable_account()->set_code(0); }},
      {"account", [](Request& r) { r.mutable_account()->set_currency("usd"); }},
      {"page_size", [](Request& r) { r.set_page_size(1'001); }},
      {"cursor", [](Request& r) { r.set_cursor("nonsense"); }},
      {"cursor", [](Request& r) { r.set_cursor(ToBase64("20260504.5.0")); }},
      {"from_date", [](Request& r) { r.set_from_date(20260504); }},
      {"from_date",
       [](Request& r) {
         r.set_order(Request::DATE);
         r.set_from_date(20260431);
       }},
      {"to_date",
       [](Request& r) {
         r.set_order(Request::DATE);
         r.set_from_date(20260505);
         r.set_to_date(20260504);
       }},
      {"cursor",
       [](Request& r) {
         r.set_order(Request::DATE);
         r.set_cursor(ToBase64("20260504.1.0"));
       }},
      {"at_least_sequence", [head](Request& r) { r.set_at_least_sequence(head + 1); }},
  };
  for (const Case& one : cases) {
    Request request;
    SetAccount(*request.mutable_account(), 1101);
    request.set_at_least_sequence(head);
    one.spoil(request);
    const auto outcome = Ask(&ProjectionGateway::ListEntries, request, everyman_);
    ASSERT_TRUE(outcome.error) << one.field;
    EXPECT_EQ(outcome.error->kind, Kind::kInvalid) << one.field;
    EXPECT_EQ(outcome.error->field, one.field);
  }
  Request elsewhere;
  elsewhere.mutable_account()->set_cooperative(7);
  elsewhere.mutable_account()->set_code(1101);
  const auto outcome = Ask(&ProjectionGateway::ListEntries, elsewhere, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, v1::UNKNOWN_COOPERATIVE);
}

TEST_F(ProjectionGatewayTest, AProjectionThatCantBeOpenedSaysSo) {
  WriteBytes(folder_ / "projections", "a file in the place of the folder");
  StartProjections();
  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  const auto outcome = Ask(&ProjectionGateway::GetTrialBalance, trial, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, Kind::kUnavailable);
}

TEST_F(ProjectionGatewayTest, AfterDrainingAndStoppingItAnswersNoMore) {
  StartProjections();
  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  projections_->Drain();
  auto outcome = Ask(&ProjectionGateway::GetTrialBalance, trial, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, Kind::kUnavailable);
  projections_->Stop();
  outcome = Ask(&ProjectionGateway::GetTrialBalance, trial, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, Kind::kUnavailable);
  EXPECT_EQ(projections_->Statuses().size(), 2U);
}

TEST(PositionWaiters, CallsWhenItIsThereAndWhenTimeIsOver) {
  std::atomic<std::uint64_t> position = 5;
  PositionWaiters waiters([&](const Place&) { return position.load(); });
  const auto wait_for = [&](std::uint64_t sequence, std::chrono::milliseconds time) {
    auto promise = std::make_shared<std::promise<bool>>();
    waiters.Add({"balances", 0}, sequence, std::chrono::steady_clock::now() + time,
                [promise](bool reached) { promise->set_value(reached); });
    return promise->get_future();
  };
  EXPECT_TRUE(wait_for(5, kPatience).get());
  EXPECT_FALSE(wait_for(6, std::chrono::milliseconds(1)).get());
  auto later = wait_for(6, kPatience);
  auto never = wait_for(7, kPatience);
  EXPECT_FALSE(IsReady(later));
  position = 6;
  waiters.Look();
  EXPECT_TRUE(later.get());
  EXPECT_FALSE(IsReady(never));
}

TEST(PositionWaiters, MissesNoChangeWhileItLooks) {
  std::atomic<std::uint64_t> position = 5;
  PositionWaiters* looking = nullptr;
  PositionWaiters waiters([&](const Place&) {
    // It comes when the old position has been read.
    const std::uint64_t old = position.exchange(6);
    looking->Look();
    return old;
  });
  looking = &waiters;
  std::promise<bool> promise;
  waiters.Add({"balances", 0}, 6, std::chrono::steady_clock::time_point::max(),
              [&](bool reached) { promise.set_value(reached); });
  auto reached = promise.get_future();
  ASSERT_EQ(reached.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(reached.get());
}

TEST(PositionWaiters, CallsWhoWaitsWhenItEnds) {
  std::promise<bool> promise;
  {
    PositionWaiters waiters([](const Place&) { return 0; });
    waiters.Add({"balances", 0}, 1, std::chrono::steady_clock::time_point::max(),
                [&](bool reached) { promise.set_value(reached); });
  }
  EXPECT_FALSE(promise.get_future().get());
}

}  // namespace
}  // namespace lumbung
