// A simulated day in which nothing is wrong: the audit is silent about it.
#include "engine/simulator/simulator.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/unit/projections/audit/rule_case.h"

namespace lumbung {
namespace {

// What the ledger would record of a command that it takes.
v1::Event EventOf(const v1::Command& command) {
  v1::Event event;
  if (command.has_post()) {
    *event.mutable_transaction_posted()->mutable_transaction() = command.post();
    event.mutable_transaction_posted()->mutable_posting()->set_posting_date(
        command.post().business_date());
  } else if (command.has_register_cooperative()) {
    *event.mutable_cooperative_registered()->mutable_cooperative() = command.register_cooperative();
  } else if (command.has_change_holder()) {
    *event.mutable_holder_changed()->mutable_holder() = command.change_holder();
  } else {
    EXPECT_TRUE(command.has_grant_loan());
    *event.mutable_loan_granted()->mutable_loan() = command.grant_loan();
  }
  return event;
}

TEST(Simulator, DoesNothingThatIsFoundButWhatIsSo) {
  AuditWorld world;
  SimulationOptions options;
  options.cooperatives = 40;
  options.trades = 60;
  options.day = AuditWorld::Day(1);
  std::vector<Village> villages;
  for (std::uint32_t i = 0; i < options.cooperatives; ++i) {
    Village& village = villages.emplace_back();
    village.utc_offset_minutes = 420;
  }
  Simulator simulator(options, villages);
  std::int64_t now = audit::StartOfDay(options.day, 420);
  std::uint64_t posted = 0;
  simulator.Run([&](const v1::Command& command) {
    now = std::max(now + 1, command.post().occurred_at());
    posted += command.has_post() ? 1 : 0;
    world.AddAt(EventOf(command), now);
  });
  EXPECT_GT(posted, 40U * 60U);
  // Nobody is heard of any more, and what falls due does.
  TickThrough(world, 2, 20);
  const BuiltAudit built(world);
  std::map<std::string, std::set<std::uint64_t>> found;
  for (const auto& one : built.All()) {
    found[one.finding.rule].insert(one.finding.cooperative);
    // The day before sells goods that are bought on the day: then all is well, but where the day
    // sells more than that too.
    if (one.finding.rule == "negative-stock") {
      const AccountKey stock{one.finding.cooperative, 1141, kIdr, 0};
      const bool is_short = simulator.expected_balances().at(stock) < 0;
      EXPECT_EQ(one.finding.from, AuditWorld::Day(0));
      EXPECT_EQ(one.finding.resolved_at == 0, is_short);
      EXPECT_EQ(one.finding.to, AuditWorld::Day(is_short ? 1 : 0));
    }
  }
  EXPECT_EQ(found["negative-stock"].size(), options.cooperatives);
  // There is no day after on which an acquirer could settle.
  EXPECT_EQ(found["qris-unsettled"].size(), options.cooperatives);
  EXPECT_EQ(found.size(), 2U);
}

}  // namespace
}  // namespace lumbung
