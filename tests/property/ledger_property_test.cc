// What holds after any sequence of commands.
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/property/steps.h"
#include "tests/scenario/invariants.h"

namespace lumbung {
namespace {

using Steps = std::vector<Step>;

std::vector<std::string> BytesOf(const MemoryLedger& ledger) {
  std::vector<std::string> bytes;
  for (const v1::Event& event : ledger.events()) {
    bytes.push_back(event.SerializeAsString());
  }
  return bytes;
}

bool Balances(const State& state) {
  std::map<std::pair<std::uint64_t, CurrencyCode>, Int128> sums;
  for (std::size_t i = 0; i < state.accounts().size(); ++i) {
    const AccountRow& row = state.accounts().row(i);
    sums[{row.key.cooperative, row.key.currency}] += row.balance;
  }
  return std::all_of(sums.begin(), sums.end(), [](const auto& sum) { return sum.second == 0; });
}

// The properties say little if the commands don't meet each other.
TEST(Generator, ReachesWhatIsRefusedAndWhatIsLetPast) {
  std::set<v1::Code> refused;
  std::set<int> overrides;
  int posted = 0;
  int captured = 0;
  int expired = 0;
  const auto generator = rc::gen::arbitrary<Steps>();
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    StartedLedger ledger;
    for (const Sent& sent : RunAll(ledger, generator(rc::Random(seed), rc::kNominalSize).value())) {
      refused.insert(sent.decision.code);
    }
    for (const v1::Event& event : ledger.events()) {
      posted += event.has_transaction_posted() ? 1 : 0;
      captured += event.has_hold_captured() ? 1 : 0;
      expired += event.hold_released().expired() ? 1 : 0;
      const auto& noted = event.transaction_posted().posting().overrides();
      overrides.insert(noted.begin(), noted.end());
    }
  }
  for (const v1::Code code :
       {v1::ALREADY_REVERSED, v1::NOT_REVERSIBLE, v1::HOLD_ENDED, v1::HOLD_EXCEEDED,
        v1::PERIOD_CLOSED, v1::COOPERATIVE_CLOSED, v1::HOLDER_CLOSED, v1::ACCOUNT_FROZEN,
        v1::ACCOUNT_CLOSED, v1::INSUFFICIENT_FUNDS, v1::LIMIT_EXCEEDED, v1::CONDITION_FAILED,
        v1::ACCOUNT_NOT_EMPTY, v1::VERSION_GAP}) {
    EXPECT_TRUE(refused.contains(code)) << v1::Code_Name(code);
  }
  for (const v1::Code code :
       {v1::PERIOD_CLOSED, v1::HOLDER_CLOSED, v1::ACCOUNT_FROZEN, v1::ACCOUNT_CLOSED,
        v1::INSUFFICIENT_FUNDS, v1::LIMIT_EXCEEDED, v1::CONDITION_FAILED}) {
    EXPECT_TRUE(overrides.contains(code)) << v1::Code_Name(code);
  }
  EXPECT_GT(posted, 200);
  EXPECT_GT(captured, 10);
  EXPECT_GT(expired, 10);
}

// Debits equal credits, balances and holds are what the log says, floors hold, replay gives the
// same digest: see Invariants.
RC_GTEST_PROP(Ledger, KeepsEveryInvariant, (const Steps& steps)) {
  StartedLedger ledger;
  Invariants invariants(ledger);
  CommandMaker maker;
  std::size_t step_number = 0;
  for (const Step& step : steps) {
    ledger.set_now(ledger.now() + step.minutes * std::int64_t{60'000'000});
    ledger.Submit(maker.Make(step, ledger.now()));
    if (++step_number % 8 == 0 || step_number == steps.size()) {
      const std::vector<std::string> broken = invariants.Check();
      RC_LOG() << (broken.empty() ? "" : broken.front()) << std::endl;
      RC_ASSERT(broken.empty());
    }
  }
}

RC_GTEST_PROP(Ledger, DecidesTheSameCommandsTheSameWay, (const Steps& steps)) {
  StartedLedger first;
  StartedLedger second;
  RunAll(first, steps);
  RunAll(second, steps);
  RC_ASSERT(BytesOf(first) == BytesOf(second));
}

// Every prefix gives the state that was there at its end, and its books balance.
RC_GTEST_PROP(Ledger, AnyPrefixOfItsLogIsAValidLedger, (const Steps& steps)) {
  StartedLedger ledger;
  CommandMaker maker;
  std::map<std::size_t, Hash> digests;
  for (const Step& step : steps) {
    ledger.set_now(ledger.now() + step.minutes * std::int64_t{60'000'000});
    ledger.Submit(maker.Make(step, ledger.now()));
    digests[ledger.events().size()] = ledger.state().Digest();
  }
  State replayed;
  std::size_t size = 0;
  for (const v1::Event& event : ledger.events()) {
    replayed.Apply(event);
    RC_ASSERT(Balances(replayed));
    if (const auto digest = digests.find(++size); digest != digests.end()) {
      RC_ASSERT(replayed.Digest() == digest->second);
    }
  }
}

// A ledger that goes on from a prefix, as after a crash, decides as the one that went on at once.
RC_GTEST_PROP(Ledger, GoesOnFromAPrefixAsIfNothingHadHappened, (const Steps& steps)) {
  StartedLedger whole;
  RunAll(whole, steps);
  StartedLedger resumed;
  const auto cut =
      static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, steps.size() + 1).as("cut"));
  CommandMaker maker;
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    if (step - steps.begin() == cut) {
      State reloaded;
      for (const v1::Event& event : resumed.events()) {
        reloaded.Apply(event);
      }
      resumed.state() = std::move(reloaded);
    }
    resumed.set_now(resumed.now() + step->minutes * std::int64_t{60'000'000});
    resumed.Submit(maker.Make(*step, resumed.now()));
  }
  RC_ASSERT(BytesOf(whole) == BytesOf(resumed));
}

RC_GTEST_PROP(Ledger, AnswersARetryAtAnyPointAsTheFirstTime, (const Steps& steps)) {
  StartedLedger ledger;
  CommandMaker maker;
  std::vector<Sent> sent;
  for (const Step& step : steps) {
    ledger.set_now(ledger.now() + step.minutes * std::int64_t{60'000'000});
    v1::Command command = maker.Make(step, ledger.now());
    Decision decision = ledger.Submit(command);
    const std::uint64_t sequence = ledger.events().size();
    if (decision.record) {
      decision.prior_sequence = sequence;
      sent.push_back({std::move(command), ledger.now(), std::move(decision)});
    }
    if (sent.empty()) {
      continue;
    }
    const Sent& earlier = sent[static_cast<std::size_t>(step.a * 7 + step.b) % sent.size()];
    const Hash digest = ledger.state().Digest();
    const Decision again = ledger.Submit(earlier.command);
    RC_ASSERT(again.replayed);
    RC_ASSERT(!again.record);
    RC_ASSERT(again.code == earlier.decision.code);
    RC_ASSERT(again.item == earlier.decision.item);
    RC_ASSERT(again.posting_date == earlier.decision.posting_date);
    RC_ASSERT(again.prior_sequence == earlier.decision.prior_sequence);
    RC_ASSERT(ledger.events().size() == sequence);
    RC_ASSERT(ledger.state().Digest() == digest);
  }
}

RC_GTEST_PROP(Ledger, TakesNoOtherContentUnderAUsedId, (const Steps& steps)) {
  StartedLedger ledger;
  for (const Sent& sent : RunAll(ledger, steps)) {
    if (!sent.decision.record || !sent.command.has_post()) {
      continue;
    }
    v1::Command other = sent.command;
    other.mutable_post()->set_reference("other");
    const Decision decision = ledger.Submit(other);
    RC_ASSERT(decision.code == v1::ID_CONFLICT);
    RC_ASSERT(!decision.record);
  }
}

RC_GTEST_PROP(Ledger, KeepsNoTraceOfRefusalsThatAreNotRecorded, (const Steps& steps)) {
  StartedLedger ledger;
  CommandMaker maker;
  for (const Step& step : steps) {
    ledger.set_now(ledger.now() + step.minutes * std::int64_t{60'000'000});
    ledger.ReleaseDueHolds();
    const Hash before = ledger.state().Digest();
    const std::size_t events = ledger.events().size();
    const Decision decision = ledger.Submit(maker.Make(step, ledger.now()));
    if (!decision.record) {
      RC_ASSERT(decision.code != v1::OK);
      RC_ASSERT(ledger.events().size() == events);
      RC_ASSERT(ledger.state().Digest() == before);
    } else if (decision.code != v1::OK) {
      RC_ASSERT(ledger.events().size() == events + 1);
      RC_ASSERT(ledger.state().Digest() == before);
    }
  }
}

}  // namespace
}  // namespace lumbung
