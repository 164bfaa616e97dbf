// What may be asked of a submission: to record nothing, to bring balances, to be of use only for a
// time; and what else those who serve a shard ask of it: where an id went, and when an event is
// durable.
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "engine/commit/shard_of.h"
#include "engine/domain/ids.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLong{60};
constexpr std::uint64_t kMember = 7;

template <typename T>
bool IsReady(const std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

std::future<std::vector<Answer>> Start(Shard& shard, std::vector<v1::Command> commands,
                                       const SubmitOptions& options) {
  struct Waiting {
    std::vector<v1::Command> commands;
    std::promise<std::vector<Answer>> answers;
  };
  auto waiting = std::make_shared<Waiting>();
  waiting->commands = std::move(commands);
  std::vector<const v1::Command*> pointers;
  for (const v1::Command& command : waiting->commands) {
    pointers.push_back(&command);
  }
  shard.Submit(
      pointers, "tester",
      [waiting](std::vector<Answer> answers) { waiting->answers.set_value(std::move(answers)); },
      options);
  return waiting->answers.get_future();
}

// What an answer says of one account.
struct Standing {
  std::uint32_t code = 0;
  std::uint64_t holder = 0;
  std::int64_t balance = 0;
  std::int64_t held_debit = 0;
  std::int64_t held_credit = 0;
  std::int64_t available = 0;

  bool operator==(const Standing&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Standing& standing) {
  return out << standing.code << ":" << standing.holder << " " << standing.balance << " held "
             << standing.held_debit << "/" << standing.held_credit << " available "
             << standing.available;
}

std::vector<Standing> StandingsOf(const Answer& answer) {
  std::vector<Standing> standings;
  if (answer.balances != nullptr) {
    for (const AccountBalance& of : answer.balances->accounts) {
      EXPECT_EQ(of.account.cooperative, kTestCooperative);
      standings.push_back({of.account.code, of.account.holder, of.balance, of.held_debit,
                           of.held_credit, of.available});
    }
  }
  return standings;
}

class SubmitOptionsTest : public ShardTest {
 protected:
  std::vector<Answer> Submit(const std::vector<v1::Command>& commands, SubmitOptions options) {
    return Start(*shard_, commands, options).get();
  }
  Answer DryRun(const v1::Command& command) {
    return Submit({command}, {.dry_run = true, .with_balances = true}).front();
  }
  Answer WithBalances(const v1::Command& command) {
    return Submit({command}, {.with_balances = true}).front();
  }
  // Cash and savings of the member, in that order, after a command that is accepted.
  std::vector<Standing> After(const v1::Command& command) {
    const Answer answer = WithBalances(command);
    EXPECT_EQ(answer.code, v1::OK) << answer.detail;
    EXPECT_TRUE(answer.balances != nullptr && answer.balances->as_of == answer.sequence);
    return StandingsOf(answer);
  }

  struct Found {
    Status status;
    std::uint64_t sequence = 0;
    std::uint64_t as_of = 0;
  };
  std::future<Found> StartFinding(const std::string& id,
                                  std::uint64_t cooperative = kTestCooperative) {
    auto promise = std::make_shared<std::promise<Found>>();
    shard_->FindId({*ParseUuid(id), cooperative, false},
                   [promise](const Status& status, std::uint64_t sequence, std::uint64_t as_of) {
                     promise->set_value({status, sequence, as_of});
                   });
    return promise->get_future();
  }
  Found Find(const std::string& id, std::uint64_t cooperative = kTestCooperative) {
    return StartFinding(id, cooperative).get();
  }

  std::future<void> StartWaitingFor(std::uint64_t sequence) {
    auto promise = std::make_shared<std::promise<void>>();
    shard_->WhenDurable(sequence, [promise] { promise->set_value(); });
    return promise->get_future();
  }
  // One sale whose block waits at the gate.
  std::future<std::vector<Answer>> StartWriting(std::uint64_t number) {
    gate_->Close();
    auto answers = SubmitAll(*shard_, {Sale(RandomId(number))});
    gate_->AwaitArrival();
    return answers;
  }
};

// Of every kind, accepted and refused: what it would answer is what it then answers.
TEST_F(SubmitOptionsTest, ADryRunAnswersAsTheRealOneAndRecordsNothing) {
  Create();
  ASSERT_EQ(Execute(Deposit(RandomId(1), kMember, 1000)).code, v1::OK);
  ASSERT_EQ(Execute(HoldSavings(RandomId(2), kMember, 300)).code, v1::OK);
  ASSERT_EQ(Execute(HoldSavings(RandomId(3), kMember, 100)).code, v1::OK);
  v1::Transaction unbalanced = Sale(RandomId(16)).post();
  unbalanced.mutable_entries(0)->set_debit(1);
  const std::vector<v1::Command> commands = {
      Deposit(RandomId(10), kMember, 50),
      Withdrawal(RandomId(11), kMember, 100),
      Withdrawal(RandomId(12), kMember, 100'000),
      PostBatch(RandomId(13), {Deposit(RandomId(130), 8, 5).post(), Sale(RandomId(131)).post()}),
      HoldSavings(RandomId(14), kMember, 20),
      Capture(RandomId(15), RandomId(2)),
      Post(unbalanced),
      Release(RandomId(17), RandomId(3)),
      Reversal(RandomId(18), RandomId(10)),
      Sale(RandomId(19), 100, 999),
      ChangeAccountStatus(RandomId(20), 2111, kMember, v1::AccountStatus::FROZEN),
      Withdrawal(RandomId(21), kMember, 1),
  };
  for (const v1::Command& command : commands) {
    SCOPED_TRACE(command.ShortDebugString());
    const StateSummary before = Summarize(*shard_);
    const Answer would = DryRun(command);
    EXPECT_EQ(Summarize(*shard_), before);
    EXPECT_EQ(shard_->head().sequence, before.sequence);
    EXPECT_EQ(would.sequence, 0U);
    EXPECT_EQ(would.hash, Hash{});
    EXPECT_EQ(would.new_accounts, 0U);
    EXPECT_FALSE(would.replayed);
    const Answer is = WithBalances(command);
    EXPECT_FALSE(is.replayed);
    EXPECT_EQ(would.code, is.code);
    EXPECT_EQ(would.detail, is.detail);
    EXPECT_EQ(would.item, is.item);
    EXPECT_EQ(would.posting_date, is.posting_date);
    EXPECT_EQ(StandingsOf(would), StandingsOf(is));
    EXPECT_EQ(would.balances != nullptr, is.code == v1::OK);
    if (would.balances != nullptr) {
      EXPECT_EQ(would.balances->as_of, before.sequence);
    }
  }
}

TEST_F(SubmitOptionsTest, ADryRunOfARefusalDoesNotConsumeTheId) {
  Create();
  const v1::Command withdrawal = Withdrawal(RandomId(1), kMember, 100);
  EXPECT_EQ(DryRun(withdrawal).code, v1::INSUFFICIENT_FUNDS);
  ASSERT_EQ(Execute(Deposit(RandomId(2), kMember, 100)).code, v1::OK);
  EXPECT_EQ(Execute(withdrawal).code, v1::OK);
}

TEST_F(SubmitOptionsTest, ADryRunOfAKnownIdIsTheReplayOrTheConflict) {
  Create();
  const Answer first = Execute(Sale(RandomId(1)));
  const Answer again = DryRun(Sale(RandomId(1)));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.sequence, first.sequence);
  EXPECT_EQ(again.hash, first.hash);
  EXPECT_EQ(DryRun(Sale(RandomId(1), 7)).code, v1::ID_CONFLICT);
}

TEST_F(SubmitOptionsTest, TheCommandsOfADryRunDoNotSeeEachOther) {
  Create();
  ASSERT_EQ(Execute(Deposit(RandomId(1), kMember, 100)).code, v1::OK);
  const std::vector<v1::Command> commands = {Withdrawal(RandomId(2), kMember, 100),
                                             Withdrawal(RandomId(3), kMember, 100),
                                             Withdrawal(RandomId(2), kMember, 100)};
  for (const Answer& answer : Submit(commands, {.dry_run = true})) {
    EXPECT_EQ(answer.code, v1::OK);
    EXPECT_FALSE(answer.replayed);
    EXPECT_EQ(answer.balances, nullptr);
  }
  EXPECT_EQ(Submit(commands, {})[1].code, v1::INSUFFICIENT_FUNDS);
}

TEST_F(SubmitOptionsTest, BalancesAreThoseAfterTheEvent) {
  Create();
  const auto cash = [](std::int64_t balance, std::int64_t held = 0) {
    return Standing{1101, 0, balance, 0, held, balance - held};
  };
  const auto savings = [](std::int64_t balance, std::int64_t held = 0) {
    return Standing{2111, kMember, balance, held, 0, balance - held};
  };
  using All = std::vector<Standing>;
  EXPECT_EQ(After(Deposit(RandomId(1), kMember, 1000)), (All{cash(1000), savings(1000)}));
  EXPECT_EQ(After(HoldSavings(RandomId(2), kMember, 400)),
            (All{savings(1000, 400), cash(1000, 400)}));
  EXPECT_EQ(After(Withdrawal(RandomId(3), kMember, 100)), (All{savings(900, 400), cash(900, 400)}));
  v1::Command part = Capture(RandomId(4), RandomId(2));
  *part.mutable_capture()->mutable_transaction()->mutable_entries() =
      Withdrawal(RandomId(4), kMember, 150).post().entries();
  EXPECT_EQ(After(part), (All{savings(750), cash(750)}));
  EXPECT_EQ(After(HoldSavings(RandomId(5), kMember, 50)), (All{savings(750, 50), cash(750, 50)}));
  EXPECT_EQ(After(Release(RandomId(6), RandomId(5))), (All{savings(750), cash(750)}));
  EXPECT_EQ(After(Reversal(RandomId(7), RandomId(3))), (All{savings(850), cash(850)}));
  EXPECT_EQ(After(PostBatch(RandomId(8), {Deposit(RandomId(80), kMember, 1).post(),
                                          Deposit(RandomId(81), kMember, 2).post(),
                                          Sale(RandomId(82), 10).post()})),
            (All{cash(863), savings(853), Standing{4101, 0, 10, 0, 0, 10}}));
  // What touches no account has none.
  EXPECT_EQ(After(RegisterCooperative(RandomId(9), 5)), All{});
}

TEST_F(SubmitOptionsTest, WithoutAskingThereAreNoBalances) {
  Create();
  EXPECT_EQ(Execute(Sale(RandomId(1))).balances, nullptr);
  const Answer refused = WithBalances(Withdrawal(RandomId(2), kMember, 1));
  EXPECT_EQ(refused.code, v1::INSUFFICIENT_FUNDS);
  EXPECT_EQ(refused.balances, nullptr);
}

// The same submission, so that the later one is decided by then and not durable.
TEST_F(SubmitOptionsTest, AReplayBringsTheBalancesOfNow) {
  Create();
  const v1::Command deposit = Deposit(RandomId(1), kMember, 1000);
  const Answer first = Execute(deposit);
  const auto answers =
      Submit({Withdrawal(RandomId(2), kMember, 300), deposit,
              HoldSavings(RandomId(3), kMember, 100), HoldSavings(RandomId(3), kMember, 100)},
             {.with_balances = true});
  EXPECT_TRUE(answers[1].replayed);
  EXPECT_EQ(answers[1].sequence, first.sequence);
  ASSERT_NE(answers[1].balances, nullptr);
  EXPECT_EQ(answers[1].balances->as_of, first.sequence + 1);
  EXPECT_EQ(StandingsOf(answers[1]),
            (std::vector<Standing>{{1101, 0, 700, 0, 0, 700}, {2111, kMember, 700, 0, 0, 700}}));
  EXPECT_TRUE(answers[3].replayed);
  EXPECT_EQ(StandingsOf(answers[3]), StandingsOf(answers[2]));
  EXPECT_EQ(StandingsOf(answers[3])[0], (Standing{2111, kMember, 700, 100, 0, 600}));
}

TEST_F(SubmitOptionsTest, ReplaysOfRefusalsHaveNoBalances) {
  Create();
  const v1::Command withdrawal = Withdrawal(RandomId(1), kMember, 1);
  ASSERT_EQ(Execute(withdrawal).code, v1::INSUFFICIENT_FUNDS);
  const Answer again = WithBalances(withdrawal);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.code, v1::INSUFFICIENT_FUNDS);
  EXPECT_TRUE(StandingsOf(again).empty());
}

TEST_F(SubmitOptionsTest, CountsTheAccountsThatCameToBe) {
  Create();
  EXPECT_EQ(Execute(Deposit(RandomId(1), 1, 100)).new_accounts, 2U);
  EXPECT_EQ(Execute(Deposit(RandomId(2), 2, 100)).new_accounts, 1U);
  EXPECT_EQ(Execute(Deposit(RandomId(3), 2, 100)).new_accounts, 0U);
  EXPECT_EQ(Execute(Deposit(RandomId(2), 2, 100)).new_accounts, 0U) << "a replay";
  EXPECT_EQ(Execute(PostBatch(RandomId(4), {Deposit(RandomId(41), 3, 1).post(),
                                            Deposit(RandomId(42), 4, 1).post(),
                                            Deposit(RandomId(43), 4, 1).post()}))
                .new_accounts,
            2U);
  EXPECT_EQ(Execute(Withdrawal(RandomId(5), 5, 1)).new_accounts, 0U) << "refused";
  EXPECT_EQ(shard_->Stats().accounts, 5U);
}

TEST_F(SubmitOptionsTest, WhatComesTooLateIsRefusedAndMayBeSentAgain) {
  Create();
  const Head before = shard_->head();
  const auto past = steady_clock::now() - std::chrono::milliseconds(1);
  const auto answers = Submit({Sale(RandomId(1)), Withdrawal(RandomId(2), kMember, 5)},
                              {.with_balances = true, .deadline = past});
  ASSERT_EQ(answers.size(), 2U);
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.code, v1::EXPIRED);
    EXPECT_EQ(answer.sequence, 0U);
    EXPECT_EQ(answer.balances, nullptr);
  }
  EXPECT_EQ(shard_->head(), before);
  EXPECT_EQ(Find(RandomId(1)).sequence, 0U);
  const Answer sent_again = Execute(Sale(RandomId(1)));
  EXPECT_EQ(sent_again.code, v1::OK);
  EXPECT_FALSE(sent_again.replayed);
  const auto in_time = Submit({Sale(RandomId(3))}, {.deadline = steady_clock::now() + kLong});
  EXPECT_EQ(in_time[0].code, v1::OK);
}

// The deadline is for the decision, not for the disk.
TEST_F(SubmitOptionsTest, ADeadlineThatPassesInTheQueueCountsAndOneThatPassesLaterDoesNot) {
  options_.max_block_events = 1;
  Create();
  auto first = StartWriting(1);
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(1'500);
  auto decided = Start(*shard_, {Sale(RandomId(2))}, {.deadline = deadline});
  // Decided when the reading behind it is.
  std::promise<void> seen;
  std::promise<Status> durable;
  shard_->Read([&](const State&, std::uint64_t) { seen.set_value(); },
               [&](Status status) { durable.set_value(std::move(status)); });
  seen.get_future().wait();
  // With the second of these the decider stands still, for the writer holds one block and another
  // waits; so the last one stays in the queue.
  auto third = Start(*shard_, {Sale(RandomId(3)), Sale(RandomId(4)), Sale(RandomId(5))},
                     {.deadline = deadline});
  auto queued = Start(*shard_, {Sale(RandomId(6))}, {.deadline = deadline});
  std::promise<void> never;
  never.get_future().wait_until(deadline + std::chrono::milliseconds(1));
  EXPECT_FALSE(IsReady(decided));
  EXPECT_FALSE(IsReady(queued));
  gate_->Open();
  EXPECT_EQ(decided.get()[0].code, v1::OK);
  EXPECT_EQ(queued.get()[0].code, v1::EXPIRED);
  EXPECT_OK(durable.get_future().get());
  const auto spanning = third.get();
  EXPECT_EQ(spanning[0].code, v1::OK);
  EXPECT_EQ(spanning[2].code, v1::EXPIRED) << "looked at anew in each block";
  EXPECT_EQ(first.get()[0].code, v1::OK);
}

TEST_F(SubmitOptionsTest, FindsTheEventThatTookAnIdUp) {
  Create();
  const Answer sale = Execute(Sale(RandomId(1)));
  const Answer batch = Execute(PostBatch(RandomId(2), {Sale(RandomId(20)).post()}));
  const Answer refused = Execute(Withdrawal(RandomId(3), kMember, 1));
  ASSERT_EQ(Execute(Sale(RandomId(4), 100, 999)).code, v1::UNKNOWN_COOPERATIVE);
  const std::uint64_t head = shard_->head().sequence;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Find(RandomId(1)).sequence, sale.sequence);
    EXPECT_EQ(Find(RandomId(1)).as_of, head);
    EXPECT_EQ(Find(RandomId(2)).sequence, batch.sequence);
    EXPECT_EQ(Find(RandomId(20)).sequence, batch.sequence);
    EXPECT_EQ(Find(RandomId(3)).sequence, refused.sequence);
    for (const auto& [id, cooperative] :
         std::vector<std::pair<std::string, std::uint64_t>>{{RandomId(4), kTestCooperative},
                                                            {RandomId(4), 999},
                                                            {RandomId(1), 999},
                                                            {RandomId(1), 0},
                                                            {RandomId(5), kTestCooperative}}) {
      const Found none = Find(id, cooperative);
      EXPECT_OK(none.status);
      EXPECT_EQ(none.sequence, 0U);
      EXPECT_EQ(none.as_of, head);
    }
    Reopen();
  }
}

TEST_F(SubmitOptionsTest, AnIdInFlightIsFoundWhenItIsDurable) {
  Create();
  const std::uint64_t before = shard_->head().sequence;
  auto writing = StartWriting(1);
  auto finding = StartFinding(RandomId(1));
  std::promise<void> seen;
  std::promise<Status> durable;
  shard_->Read([&](const State&, std::uint64_t) { seen.set_value(); },
               [&](Status status) { durable.set_value(std::move(status)); });
  seen.get_future().wait();
  EXPECT_FALSE(IsReady(finding));
  gate_->Open();
  const Found found = finding.get();
  EXPECT_OK(found.status);
  EXPECT_EQ(found.sequence, before + 1);
  EXPECT_EQ(found.as_of, before + 1);
  EXPECT_GE(shard_->head().sequence, found.sequence);
  EXPECT_OK(durable.get_future().get());
  writing.get();
}

TEST_F(SubmitOptionsTest, WhoWaitsForAnEventIsTold) {
  Create();
  const std::uint64_t head = shard_->head().sequence;
  EXPECT_TRUE(IsReady(StartWaitingFor(head)));
  EXPECT_TRUE(IsReady(StartWaitingFor(1)));
  auto next = StartWaitingFor(head + 1);
  auto next_too = StartWaitingFor(head + 1);
  auto later = StartWaitingFor(head + 2);
  auto writing = StartWriting(1);
  EXPECT_FALSE(IsReady(next)) << "decided is not durable";
  auto at_the_gate = StartWaitingFor(head + 1);
  EXPECT_FALSE(IsReady(at_the_gate));
  gate_->Open();
  for (std::future<void>* waiting : {&next, &next_too, &at_the_gate}) {
    EXPECT_EQ(waiting->wait_for(kLong), std::future_status::ready);
  }
  EXPECT_EQ(writing.get()[0].code, v1::OK);
  EXPECT_FALSE(IsReady(later));
  EXPECT_EQ(Execute(Sale(RandomId(2))).code, v1::OK);
  EXPECT_EQ(later.wait_for(kLong), std::future_status::ready);
}

TEST_F(SubmitOptionsTest, WhoWaitsForAnEventIsToldOfTheEnd) {
  Create();
  auto never = StartWaitingFor(shard_->head().sequence + 1'000);
  EXPECT_FALSE(IsReady(never));
  EXPECT_OK(shard_->Close());
  EXPECT_TRUE(IsReady(never));
  EXPECT_TRUE(IsReady(StartWaitingFor(1'000'000)));
  EXPECT_EQ(shard_->WhyStopped(), "the ledger is stopping");
}

TEST_F(SubmitOptionsTest, SaysWhyItStopped) {
  Create();
  EXPECT_EQ(shard_->WhyStopped(), "");
  clock_.Jump(std::int64_t{3600} * 1'000'000);
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::CLOCK_SUSPECT);
  EXPECT_NE(shard_->WhyStopped().find("clock"), std::string::npos);
  shard_->ConfirmClock();
  EXPECT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  EXPECT_EQ(shard_->WhyStopped(), "");
}

// Before, the shard of a cooperative was checked by the ledger alone, which sends it there itself.
TEST_F(SubmitOptionsTest, ACooperativeIsRegisteredWhereItLives) {
  for (const std::uint32_t number : {0U, 1U}) {
    const std::string dir = temporary_ / ("shard-" + std::to_string(number));
    std::filesystem::create_directories(dir);
    v1::LedgerCreated created = MakeLedgerCreated();
    created.set_shards(2);
    created.set_shard(number);
    EXPECT_OK(Shard::Create(dir, created, options_));
    const auto shard = Must(Shard::Open(dir, options_));
    ASSERT_EQ(shard->Execute(PublishDefaultChart(RandomId(1))).code, v1::OK);
    int here = 0;
    for (std::uint64_t cooperative = 1; cooperative <= 20; ++cooperative) {
      const bool lives_here = ShardOf(cooperative, 2) == number;
      here += lives_here ? 1 : 0;
      const std::uint64_t head = shard->head().sequence;
      const Answer answer = shard->Execute(RegisterCooperative(RandomId(cooperative), cooperative));
      EXPECT_EQ(answer.code, lives_here ? v1::OK : v1::WRONG_SHARD) << cooperative;
      EXPECT_EQ(shard->head().sequence, head + (lives_here ? 1 : 0));
      EXPECT_EQ(shard->Execute(Sale(RandomId(100 + cooperative), 5, cooperative)).code,
                lives_here ? v1::OK : v1::UNKNOWN_COOPERATIVE);
    }
    EXPECT_TRUE(here > 0 && here < 20);
  }
}

}  // namespace
}  // namespace lumbung
