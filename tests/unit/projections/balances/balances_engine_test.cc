// The balances are the engine's, at whatever sequence both are asked.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/domain/balances.h"
#include "projections/balances/account_queries.h"
#include "projections/balances/balances_projection.h"
#include "projections/balances/book_queries.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/property/steps.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/list_feed.h"

namespace lumbung {
namespace {

RC_GTEST_PROP(Balances, AreTheEngines, (const std::vector<Step>& steps)) {
  StartedLedger ledger;
  RunAll(ledger, steps);
  std::vector<std::string> records;
  for (const v1::Event& event : ledger.events()) {
    records.push_back(event.SerializeAsString());
  }
  const FastDirectory dir;
  const auto instance =
      Must(ProjectionInstance::Open(std::make_unique<BalancesProjection>(), dir.path(), {0}, {}));
  ShardFeeds feeds;
  feeds[0] = std::make_unique<ListFeed>(std::make_shared<RecordList>(records));
  RunnerOptions options;
  options.once = true;
  options.batch_events = *rc::gen::inRange<std::size_t>(1, 30);
  {
    Runner runner({instance.get()}, std::move(feeds), options);
    runner.Wait();
  }
  RC_ASSERT(instance->status().stopped.empty());
  const auto view = instance->view();
  RC_ASSERT(view->positions().at(0).sequence == records.size());
  const AccountQueries queries(*view);
  State state;
  for (const v1::Event& event : ledger.events()) {
    state.Apply(event);
    for (std::size_t i = 0; i < state.accounts().size(); ++i) {
      const AccountRow& row = state.accounts().row(i);
      const Totals totals = Must(queries.ThroughSequence(row.key, event.sequence()));
      RC_ASSERT(totals.debit - totals.credit == Int128{row.balance});
    }
  }
  for (std::size_t i = 0; i < state.accounts().size(); ++i) {
    const AccountRow& row = state.accounts().row(i);
    const Totals totals = Must(queries.ThroughDate(row.key, 99991231));
    RC_ASSERT(totals.debit - totals.credit == Int128{row.balance});
  }
  // Every book balances, per currency.
  for (const std::uint64_t cooperative : {1001U, 1002U}) {
    std::map<CurrencyCode, Int128> sums;
    for (const TrialLine& line :
         Must(BookQueries(*view).OfCooperative(cooperative, 20260101, 99991231))) {
      sums[line.currency] += line.period.debit - line.period.credit;
    }
    for (const auto& [currency, sum] : sums) {
      RC_ASSERT(sum == 0);
    }
  }
}

}  // namespace
}  // namespace lumbung
