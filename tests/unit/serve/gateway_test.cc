// Commands through the gateway: bounds, turns, denials, quotas, draining, and what happens when the
// disk fails.
#include "engine/serve/gateway.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/fault_file_system.h"
#include "tests/unit/serve/gateway_fixture.h"

namespace lumbung {
namespace {

using testing::HasSubstr;
using Kind = CallError::Kind;

constexpr std::uint64_t kMember = 184;

// As many sales, with ids from `first` on.
std::vector<v1::Command> Sales(std::uint64_t first, std::size_t count) {
  std::vector<v1::Command> commands;
  for (std::size_t i = 0; i < count; ++i) {
    commands.push_back(Sale(RandomId(first + i)));
  }
  return commands;
}

class GatewayCommandsTest : public GatewayTest {
 protected:
  // What a call was refused with.
  CallError Refusal(const PrincipalPtr& principal, std::vector<v1::Command> commands) {
    const Answers answers = Submit(principal, std::move(commands)).get();
    EXPECT_TRUE(answers.error.has_value());
    EXPECT_TRUE(answers.response.empty());
    return answers.error.value_or(CallError());
  }
  // The same, for a call that must be answered within it.
  CallError RefusalAtOnce(const PrincipalPtr& principal, std::vector<v1::Command> commands) {
    auto answers = Submit(principal, std::move(commands));
    EXPECT_TRUE(IsReady(answers));
    return answers.get().error.value_or(CallError());
  }
  // A sale whose block waits at the gate.
  std::future<Answers> StartWriting(std::uint64_t number) {
    gate_->Close();
    auto answers = Submit(everyman_, Sales(number, 1));
    gate_->AwaitArrival();
    return answers;
  }
  std::uint64_t Head() { return ledger_->shard(0).head().sequence; }
};

TEST_F(GatewayCommandsTest, AnswersEachCommandInOrder) {
  Start();
  v1::Command nothing;
  nothing.set_command_id(RandomId(4));
  const auto answers = Submit(everyman_, {Sale(RandomId(1)), Withdrawal(RandomId(2), kMember, 5),
                                          Sale(RandomId(1)), nothing})
                           .get();
  ASSERT_FALSE(answers.error);
  ASSERT_EQ(answers.response.size(), 4U);
  EXPECT_EQ(answers.response[0].code, v1::OK);
  EXPECT_EQ(answers.response[1].code, v1::INSUFFICIENT_FUNDS);
  EXPECT_TRUE(answers.response[2].replayed);
  EXPECT_EQ(answers.response[3].code, v1::MALFORMED);
}

TEST_F(GatewayCommandsTest, WantsOneCommandAtLeastAndNotTooMany) {
  options_.max_commands_a_call = 3;
  Start();
  const std::uint64_t head = Head();
  const CallError none = Refusal(everyman_, {});
  EXPECT_EQ(none.kind, Kind::kInvalid);
  EXPECT_EQ(none.field, "commands");
  const CallError many = Refusal(everyman_, Sales(1, 4));
  EXPECT_EQ(many.kind, Kind::kTooLarge);
  EXPECT_EQ(many.code, v1::TOO_LARGE);
  EXPECT_EQ(Head(), head);
  EXPECT_FALSE(Submit(everyman_, Sales(1, 3)).get().error);
}

TEST_F(GatewayCommandsTest, RefusesAtOnceWhatIsTooMuch) {
  options_.admission = {.max_commands = 10,
                        .max_commands_a_principal = 6,
                        .max_bytes = std::size_t{1} << 20,
                        .window = 4};
  Start();
  auto writing = StartWriting(1);
  auto waiting = Submit(everyman_, Sales(10, 5));
  CallError error = RefusalAtOnce(everyman_, Sales(20, 1));
  EXPECT_EQ(error.kind, Kind::kOverloaded);
  EXPECT_EQ(error.code, v1::OVERLOADED);
  auto anothers = Submit(Everyman("another"), Sales(30, 4));
  EXPECT_EQ(RefusalAtOnce(Everyman("third"), Sales(40, 1)).kind, Kind::kOverloaded);
  // A read is bounded as well.
  EXPECT_EQ(GetAccount(Everyman("third"), 1101).error->kind, Kind::kOverloaded);
  EXPECT_FALSE(IsReady(writing));
  gate_->Open();
  EXPECT_FALSE(writing.get().error);
  EXPECT_FALSE(waiting.get().error);
  EXPECT_FALSE(anothers.get().error);
  gateway_->Drain();
  EXPECT_EQ(gateway_->load().commands, 0U);
  EXPECT_EQ(Head(), 3U + 1 + 5 + 4);
}

TEST_F(GatewayCommandsTest, IsBoundedByBytes) {
  const std::size_t size = Sale(RandomId(1)).ByteSizeLong();
  options_.admission.max_bytes = 3 * size;
  Start();
  auto writing = StartWriting(1);
  auto more = Submit(everyman_, Sales(10, 2));
  EXPECT_EQ(RefusalAtOnce(Everyman("another"), Sales(20, 1)).kind, Kind::kOverloaded);
  gate_->Open();
  EXPECT_FALSE(writing.get().error);
  EXPECT_FALSE(more.get().error);
}

// Thousands wait before it, and it is in the second block from now.
TEST_F(GatewayCommandsTest, WhoFloodsDoesNotDelayTheRest) {
  options_.admission.window = 64;
  Start();
  auto writing = StartWriting(0);
  std::vector<std::future<Answers>> flood;
  for (std::uint64_t i = 0; i < 100; ++i) {
    flood.push_back(Submit(everyman_, Sales(100 + 40 * i, 40)));
  }
  auto single = Submit(Everyman("single"), Sales(10'000, 1));
  gate_->Open();
  const std::uint64_t sequence = single.get().response.at(0).sequence;
  // The one at the gate, at most a window of the flood that was started, and one turn.
  EXPECT_LE(sequence, 3U + 1 + 64 + 40 + 1);
  for (auto& answers : flood) {
    EXPECT_FALSE(answers.get().error);
  }
  EXPECT_FALSE(writing.get().error);
}

TEST_F(GatewayCommandsTest, DrainingAnswersWhatWasTakenUpAndRefusesTheRest) {
  options_.admission.window = 1;
  Start();
  auto writing = StartWriting(1);
  auto waiting = Submit(everyman_, Sales(10, 3));
  std::promise<void> told;
  gateway_->WhenDraining([&] { told.set_value(); });
  auto drained = std::async(std::launch::async, [this] { gateway_->Drain(); });
  told.get_future().wait();
  EXPECT_TRUE(gateway_->draining());
  const CallError refused = RefusalAtOnce(everyman_, Sales(20, 1));
  EXPECT_EQ(refused.kind, Kind::kUnavailable);
  EXPECT_EQ(refused.code, v1::SHUTTING_DOWN);
  for (const auto& error :
       {GetAccount(everyman_, 1101).error, GetTransaction(everyman_, RandomId(1)).error,
        ListAccounts(everyman_, {}).error, GetCooperative(everyman_, kTestCooperative).error,
        GetLedgerInfo(everyman_).error}) {
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, Kind::kUnavailable);
  }
  v1::ReplayResponse events;
  EXPECT_EQ(gateway_->ReadEvents(CallOf(everyman_), 0, 1, 1'000, events)->kind, Kind::kUnavailable);
  EXPECT_EQ(gateway_->WhyNotReady(), "the server is stopping");
  EXPECT_FALSE(IsReady(drained));
  gate_->Open();
  drained.get();
  EXPECT_TRUE(IsReady(writing));
  EXPECT_TRUE(IsReady(waiting));
  EXPECT_EQ(writing.get().response.at(0).code, v1::OK);
  EXPECT_EQ(waiting.get().response.at(2).code, v1::OK);
}

// Nothing that drain has missed may touch a ledger that is closed.
TEST_F(GatewayCommandsTest, CallsWhileDrainingAreAnsweredOneWayOrTheOther) {
  Start();
  std::atomic<bool> stop = false;
  std::vector<std::thread> callers;
  for (std::uint64_t caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::uint64_t i = 0; !stop; ++i) {
        const Answers answers = Submit(everyman_, Sales(1 + caller * 1'000'000 + i, 1)).get();
        EXPECT_TRUE(answers.error ? answers.error->kind == Kind::kUnavailable
                                  : answers.response[0].code == v1::OK);
        const auto info = GetLedgerInfo(everyman_);
        EXPECT_TRUE(!info.error || info.error->kind == Kind::kUnavailable);
        v1::ReplayResponse events;
        gateway_->ReadEvents(CallOf(everyman_), 0, 1, 1'000, events);
      }
    });
  }
  ledger_->shard(0).WhenDurable(100, [] {});
  std::promise<void> going;
  ledger_->shard(0).WhenDurable(30, [&] { going.set_value(); });
  going.get_future().wait();
  gateway_->Drain();
  EXPECT_OK(ledger_->Close());
  stop = true;
  for (std::thread& caller : callers) {
    caller.join();
  }
}

TEST_F(GatewayCommandsTest, DeniesWhatThePolicyDoesNotGrantAndNothingIsRecorded) {
  Start();
  const std::uint64_t head = Head();
  const auto poster = PrincipalOf("poster", {GrantOf(Role::kPoster, {{5, 5}})});
  const CallError error =
      Refusal(poster, {Sale(RandomId(1), 100, 5), Sale(RandomId(2)), Sale(RandomId(3))});
  EXPECT_EQ(error.kind, Kind::kDenied);
  EXPECT_EQ(error.code, v1::OK);
  EXPECT_EQ(error.field, "commands[1]");
  EXPECT_EQ(Head(), head);
  // What is there and what is not are denied in the same words.
  const CallError there = Refusal(poster, {Sale(RandomId(4))});
  const CallError not_there = Refusal(poster, {Sale(RandomId(4), 100, 999)});
  EXPECT_EQ(there.detail, not_there.detail);
  EXPECT_EQ(there.field, not_there.field);
}

TEST_F(GatewayCommandsTest, ABankReportsOnItsOwnLoansAndLearnsNothingOfOthers) {
  shards_ = 2;
  Start();
  ASSERT_EQ(Execute(GrantLoan(RandomId(1), 1, "002")).code, v1::OK);
  ASSERT_EQ(Execute(GrantLoan(RandomId(2), 2, "009")).code, v1::OK);
  Grant grant = GrantOf(Role::kBank);
  grant.lenders = {"002"};
  const auto bank = PrincipalOf("bank", {grant});
  const auto own = Submit(bank, {ReportLoan(RandomId(10), 1)}).get();
  ASSERT_FALSE(own.error) << own.error->detail;
  EXPECT_EQ(own.response.at(0).code, v1::OK) << own.response.at(0).detail;
  const CallError anothers = Refusal(bank, {ReportLoan(RandomId(11), 2)});
  const CallError nobodys = Refusal(bank, {ReportLoan(RandomId(11), 3)});
  EXPECT_EQ(anothers.kind, Kind::kDenied);
  EXPECT_EQ(nobodys.kind, Kind::kDenied);
  EXPECT_EQ(anothers.detail, nobodys.detail);
  const CallError second =
      Refusal(bank, {ReportLoan(RandomId(12), 1), ReportLoan(RandomId(13), 2)});
  EXPECT_EQ(second.field, "commands[1]");
  EXPECT_EQ(Execute(ReportLoan(RandomId(11), 2)).code, v1::OK) << "the operator may, of any";
  EXPECT_EQ(Execute(ReportLoan(RandomId(14), 3)).code, v1::UNKNOWN_LOAN);
  EXPECT_FALSE(Execute(ReportLoan(RandomId(12), 1)).replayed) << "none of a call that is denied";
}

// A loan is looked up before the report is decided; draining waits for that too.
TEST_F(GatewayCommandsTest, DrainingWaitsForALoanThatIsLookedUp) {
  Start();
  ASSERT_EQ(Execute(GrantLoan(RandomId(1), 1, "002")).code, v1::OK);
  auto writing = StartWriting(2);
  auto report = Submit(PrincipalOf("bank", {GrantOf(Role::kBank)}), {ReportLoan(RandomId(3), 1)});
  auto drained = std::async(std::launch::async, [this] { gateway_->Drain(); });
  while (!gateway_->draining()) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(IsReady(report));
  EXPECT_FALSE(IsReady(drained));
  gate_->Open();
  drained.get();
  ASSERT_TRUE(IsReady(report));
  EXPECT_EQ(report.get().response.at(0).code, v1::OK);
  EXPECT_FALSE(writing.get().error);
}

TEST_F(GatewayCommandsTest, QuotasAreForADay) {
  Start();
  Quotas quotas;
  quotas.recorded_refusals = 2;
  const auto limited = PrincipalOf("limited", {GrantOf(Role::kPoster)}, quotas);
  const auto refused = Withdrawal(RandomId(1), kMember, 5);
  EXPECT_EQ(Submit(limited, {refused}).get().response.at(0).code, v1::INSUFFICIENT_FUNDS);
  // Neither replays nor what is not recorded count.
  EXPECT_TRUE(Submit(limited, {refused}).get().response.at(0).replayed);
  EXPECT_EQ(Submit(limited, {Sale(RandomId(2), 100, 999)}).get().response.at(0).code,
            v1::UNKNOWN_COOPERATIVE);
  EXPECT_EQ(Submit(limited, {Withdrawal(RandomId(3), kMember, 5)}, {.dry_run = true})
                .get()
                .response.at(0)
                .code,
            v1::INSUFFICIENT_FUNDS);
  EXPECT_FALSE(Submit(limited, {Withdrawal(RandomId(3), kMember, 5)}).get().error);
  const CallError used_up = RefusalAtOnce(limited, Sales(4, 1));
  EXPECT_EQ(used_up.kind, Kind::kOverloaded);
  EXPECT_EQ(used_up.code, v1::QUOTA_EXCEEDED);
  EXPECT_FALSE(GetAccount(limited, 1101).error) << "reads go on";
  EXPECT_EQ(Execute(Sale(RandomId(5))).code, v1::OK) << "another's goes on";
  clock_.Advance(std::int64_t{86'400} * 1'000'000);
  EXPECT_FALSE(Submit(limited, Sales(4, 1)).get().error);
}

TEST_F(GatewayCommandsTest, NewAccountsHaveAQuotaToo) {
  Start();
  Quotas quotas;
  quotas.new_accounts = 3;
  const auto limited = PrincipalOf("limited", {GrantOf(Role::kPoster)}, quotas);
  EXPECT_FALSE(Submit(limited, {Deposit(RandomId(1), 1, 5)}).get().error) << "cash and savings";
  EXPECT_FALSE(Submit(limited, {Deposit(RandomId(2), 1, 5)}).get().error) << "no new one";
  EXPECT_FALSE(Submit(limited, {Deposit(RandomId(3), 2, 5)}).get().error);
  EXPECT_EQ(Refusal(limited, {Deposit(RandomId(4), 2, 5)}).code, v1::QUOTA_EXCEEDED);
}

TEST_F(GatewayCommandsTest, ADeadlineIsPassedOn) {
  Start();
  const auto past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const auto late = Submit(everyman_, Sales(1, 2), {.deadline = past}).get();
  ASSERT_FALSE(late.error);
  EXPECT_EQ(late.response.at(1).code, v1::EXPIRED);
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
}

class GatewayFaultTest : public GatewayCommandsTest {
 protected:
  GatewayFaultTest() { engine_.log.file_system = disk_; }

  const std::shared_ptr<FaultFileSystem> disk_ = std::make_shared<FaultFileSystem>();
};

TEST_F(GatewayFaultTest, AfterAFailedSyncReadsGoOnAndWritesAreRefused) {
  Start();
  ASSERT_EQ(Execute(Deposit(RandomId(1), 1, 100)).code, v1::OK);
  ASSERT_EQ(Execute(Withdrawal(RandomId(2), 9, 1)).code, v1::INSUFFICIENT_FUNDS);
  v1::ListAccountsRequest list;
  list.set_cooperative(kTestCooperative);
  ASSERT_EQ(ListAccounts(everyman_, list).response.accounts_size(), 2);
  const std::uint64_t head = Head();
  EXPECT_EQ(gateway_->WhyNotReady(), "");

  disk_->Arm(Fault::kFailedSync, 1);
  const auto in_flight =
      Submit(everyman_, {Sale(RandomId(3)), Deposit(RandomId(4), 2, 100)}, {.with_balances = true})
          .get();
  ASSERT_FALSE(in_flight.error);
  for (const Answer& answer : in_flight.response) {
    EXPECT_EQ(answer.code, v1::OUTCOME_UNKNOWN);
    EXPECT_EQ(answer.sequence, 0U);
    EXPECT_EQ(answer.balances, nullptr);
  }
  const auto after = Submit(everyman_, Sales(5, 1)).get();
  EXPECT_EQ(after.response.at(0).code, v1::WRITES_STOPPED);
  EXPECT_THAT(gateway_->WhyNotReady(), HasSubstr("shard 0: a write has failed"));

  EXPECT_EQ(Head(), head);
  const auto account = GetAccount(everyman_, 2111, 1);
  ASSERT_FALSE(account.error) << account.error->detail;
  EXPECT_EQ(account.response.balance().balance(), 100);
  EXPECT_EQ(account.response.as_of(), head);
  EXPECT_EQ(GetAccount(everyman_, 2111, 2).response.balance().balance(), 0) << "not durable";
  const auto listed = ListAccounts(everyman_, list);
  ASSERT_FALSE(listed.error);
  std::vector<std::uint64_t> codes;
  for (const auto& row : listed.response.accounts()) {
    codes.push_back(row.balance().account().code());
    EXPECT_EQ(row.balance().account().cooperative(), kTestCooperative);
  }
  EXPECT_THAT(codes, testing::ElementsAre(1101, 2111));
  // Twice: what is found out of the first must not spoil the second.
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(GetTransaction(everyman_, RandomId(1)).response.result().sequence(), 4U);
    EXPECT_EQ(GetTransaction(everyman_, RandomId(2)).response.result().code(),
              v1::INSUFFICIENT_FUNDS);
    for (const std::uint64_t lost : {3U, 4U, 5U}) {
      const auto unknown = GetTransaction(everyman_, RandomId(lost));
      ASSERT_TRUE(unknown.error);
      EXPECT_EQ(unknown.error->kind, Kind::kNotFound) << unknown.error->detail;
    }
  }
  EXPECT_FALSE(GetCooperative(everyman_, kTestCooperative).error);
  const auto info = GetLedgerInfo(everyman_);
  ASSERT_FALSE(info.error);
  EXPECT_EQ(info.response.shards(0).head(), head);
  v1::ReplayResponse events;
  EXPECT_FALSE(gateway_->ReadEvents(CallOf(everyman_), 0, 1, 1 << 20, events));
  EXPECT_EQ(static_cast<std::uint64_t>(events.events_size()), head);
  gateway_->Drain();
}

TEST_F(GatewayFaultTest, AFullDiskIsSaidToBeOne) {
  Start();
  disk_->Arm(Fault::kNoSpace, 1);
  EXPECT_EQ(Submit(everyman_, Sales(1, 1)).get().response.at(0).code, v1::OUTCOME_UNKNOWN);
  EXPECT_EQ(Submit(everyman_, Sales(2, 1)).get().response.at(0).code, v1::WRITES_STOPPED);
  EXPECT_THAT(gateway_->WhyNotReady(), HasSubstr("space"));
  EXPECT_FALSE(GetAccount(everyman_, 1101).error);
}

}  // namespace
}  // namespace lumbung
