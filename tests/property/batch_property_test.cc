// A batch gives what its items give one by one.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/property/steps.h"
#include "tests/scenario/scenario_commands.h"

namespace lumbung {
namespace {

using Steps = std::vector<Step>;

// Few, so that not every batch is refused.
constexpr int kMostItems = 4;

using Balances = std::map<AccountKey, std::int64_t>;

Balances BalancesOf(const State& state) {
  Balances balances;
  for (std::size_t i = 0; i < state.accounts().size(); ++i) {
    balances[state.accounts().row(i).key] = state.accounts().row(i).balance;
  }
  return balances;
}

RC_GTEST_PROP(Batch, IsItsItemsOneByOneOrNothing, (const Steps& before, const Steps& steps)) {
  // Both ledgers come to the same interesting state first.
  StartedLedger whole;
  StartedLedger single;
  RunAll(whole, before);
  RunAll(single, before);

  v1::Command batch;
  batch.set_command_id(ScenarioId("the batch"));
  batch.mutable_post_batch()->set_cooperative(1001);
  for (v1::Transaction& item : MakeItems(steps)) {
    if (batch.post_batch().transactions_size() == kMostItems) {
      break;
    }
    const int number = batch.post_batch().transactions_size();
    item.set_transaction_id(ScenarioId("batched " + std::to_string(number)));
    *batch.mutable_post_batch()->add_transactions() = std::move(item);
  }
  RC_PRE(batch.post_batch().transactions_size() > 0);
  RC_ASSERT(Validate(batch).code == v1::OK);

  const Balances untouched = BalancesOf(whole.state());
  const Decision decision = whole.Submit(batch);
  RC_TAG(v1::Code_Name(decision.code));
  for (int i = 0; i < batch.post_batch().transactions_size(); ++i) {
    v1::Command alone;
    *alone.mutable_post() = batch.post_batch().transactions(i);
    const Decision one = single.Submit(alone);
    if (decision.code != v1::OK && i == static_cast<int>(decision.item)) {
      RC_ASSERT(one.code == decision.code);
      break;
    }
    RC_ASSERT(one.code == v1::OK);
    if (decision.code == v1::OK) {
      const v1::BatchPosted& posted = whole.events().back().batch_posted();
      RC_ASSERT(posted.transactions(i).posting().SerializeAsString() ==
                single.events().back().transaction_posted().posting().SerializeAsString());
    }
  }
  RC_ASSERT(BalancesOf(whole.state()) ==
            (decision.code == v1::OK ? BalancesOf(single.state()) : untouched));
}

}  // namespace
}  // namespace lumbung
