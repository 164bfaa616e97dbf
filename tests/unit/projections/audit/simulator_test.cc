// Simulated days in which nothing is wrong: the audit finds what is so, and nothing else.
#include "engine/simulator/simulator.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
  } else if (command.has_report_loan_status()) {
    *event.mutable_loan_status_reported()->mutable_status() = command.report_loan_status();
  } else {
    EXPECT_TRUE(command.has_grant_loan());
    *event.mutable_loan_granted()->mutable_loan() = command.grant_loan();
  }
  return event;
}

TEST(Simulator, DoesNothingThatIsFoundButWhatIsSo) {
  constexpr int kDays = 21;
  AuditWorld world;
  SimulationOptions options;
  options.cooperatives = 40;
  options.trades = 20;
  options.day = AuditWorld::Day(kDays);
  options.days = kDays;
  std::vector<Village> villages(options.cooperatives);
  for (std::size_t i = 0; i < villages.size(); ++i) {
    villages[i].code = i % 2 == 0 ? "92.02.01.2001" : "32.04.12.2001";
    villages[i].utc_offset_minutes = i % 2 == 0 ? 540 : 420;
  }
  Simulator simulator(options, villages);
  std::int64_t now = 0;
  std::set<std::uint64_t> ill_paid;
  // When each outlet was heard of.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::int64_t>> heard;
  simulator.Run([&](const v1::Command& command) {
    now = std::max(now + 1, simulator.told_at());
    world.AddAt(EventOf(command), now);
    if (command.grant_loan().granted_date() < AuditWorld::Day(0) && command.has_grant_loan()) {
      ill_paid.insert(command.grant_loan().cooperative());
    }
    heard[{command.post().cooperative(), command.post().outlet()}].push_back(now);
  });
  // Nobody is heard of any more, and what falls due does.
  TickThrough(world, kDays + 1, kDays + 20);
  const BuiltAudit built(world);
  std::map<std::string, int> found;
  int unfunded = 0;
  for (const auto& one : built.All()) {
    const audit::Finding& finding = one.finding;
    ++found[finding.rule];
    if (finding.rule == "qris-unsettled") {
      // There is no day after on which an acquirer could settle.
      EXPECT_GE(finding.from, AuditWorld::Day(kDays - 3));
    } else if (finding.rule == "outlet-silent") {
      // Offline, dormant, small, or after the end.
      auto& times = heard[{finding.cooperative, finding.outlet}];
      times.push_back(audit::StartOfDay(AuditWorld::Day(kDays + 20), 420));
      std::int64_t longest = 0;
      for (std::size_t i = 1; i < times.size(); ++i) {
        longest = std::max(longest, times[i] - times[i - 1]);
      }
      EXPECT_GE(longest, 3 * 86'400'000'000) << one.text_en;
    } else {
      EXPECT_EQ(finding.rule, "instalment-unfunded") << one.text_en;
      // Those who don't pay, and those who are not heard of any more.
      if (finding.found_at < now) {
        EXPECT_TRUE(ill_paid.contains(finding.cooperative)) << one.text_en;
        ++unfunded;
      }
    }
  }
  EXPECT_GT(found["qris-unsettled"], 30);
  EXPECT_GT(found["outlet-silent"], 30);
  EXPECT_GT(found["instalment-unfunded"], unfunded);
  EXPECT_GT(unfunded, 0);
}

}  // namespace
}  // namespace lumbung
