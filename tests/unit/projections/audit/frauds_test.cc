// The audit over a simulation with frauds whose truth is known: precision and recall of each rule.
#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "engine/simulator/simulator.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/memory_ledger.h"
#include "tests/unit/projections/audit/audit_world.h"

namespace lumbung {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

struct Score {
  int frauds = 0;
  int recalled = 0;
  int findings = 0;
  int rightly = 0;

  double recall() const { return frauds == 0 ? 1 : static_cast<double>(recalled) / frauds; }
  double precision() const { return findings == 0 ? 1 : static_cast<double>(rightly) / findings; }
};

v1::Command PublishDefaultChart() {
  v1::Command command;
  command.set_command_id("018f3a5c-7d00-7000-8000-00000000c4a7");
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                          command.mutable_publish_chart())
                  .ok());
  return command;
}

// A ledger that took all of it when it was told, and then was quiet for three weeks but for wages.
void Submit(Simulator& simulator, MemoryLedger& ledger) {
  ASSERT_EQ(ledger.Submit(PublishDefaultChart()).code, v1::OK);
  const auto take = [&](const v1::Command& command) {
    ledger.set_now(std::max(ledger.now(), simulator.told_at()));
    const Decision decision = ledger.Submit(command);
    ASSERT_EQ(decision.code, v1::OK) << decision.detail << command.ShortDebugString();
  };
  simulator.Run(take);
  for (int quarter = 0; quarter < 21 * 96; ++quarter) simulator.RunQuarter(take);
}

std::vector<std::string> RecordsOf(const MemoryLedger& ledger) {
  std::vector<std::string> records;
  for (const v1::Event& event : ledger.events()) records.push_back(event.SerializeAsString());
  return records;
}

// By the events that show it, or by the account and the day where its events are others.
bool Shows(const audit::Finding& finding, const FraudTruth& truth, const MemoryLedger& ledger) {
  if (finding.rule != truth.rule || finding.cooperative != truth.cooperative) return false;
  if (finding.from <= truth.business_date && truth.business_date <= finding.to) return true;
  return std::any_of(finding.evidence.begin(), finding.evidence.end(), [&](const auto& event) {
    return ledger.events()[event.sequence - 1]
               .transaction_posted()
               .transaction()
               .transaction_id() == truth.transaction_id;
  });
}

TEST(Frauds, AreFoundAndNothingElseIsTakenForOne) {
  SimulationOptions options{
      .seed = 11, .cooperatives = 160, .members = 8, .trades = 10, .day = 20260531, .days = 30};
  options.frauds = 130;
  std::vector<Village> villages(options.cooperatives);
  for (std::size_t i = 0; i < villages.size(); ++i) {
    villages[i].code = i % 8 == 0 ? "92.02.01.2001" : "32.04.12.2001";
    villages[i].utc_offset_minutes = i % 8 == 0 ? 540 : 420;
  }
  Simulator simulator(options, villages);
  MemoryLedger ledger(1'777'000'000'000'000);
  Submit(simulator, ledger);
  BuiltAudit audit;
  audit.Run(RecordsOf(ledger));
  const Findings found = audit.All();

  std::map<std::string, Score> scores;
  std::set<std::pair<std::string, std::uint64_t>> frauds;
  for (const FraudTruth& truth : simulator.truth()) {
    // All transactions of one are one.
    if (!frauds.emplace(fmt::format("{} {}", truth.rule, truth.business_date), truth.cooperative)
             .second) {
      continue;
    }
    Score& score = scores[std::string(truth.rule)];
    ++score.frauds;
    const bool recalled = std::any_of(found.begin(), found.end(), [&](const auto& shown) {
      return Shows(shown.finding, truth, ledger);
    });
    score.recalled += recalled ? 1 : 0;
  }
  for (const auto& shown : found) {
    const auto score = scores.find(shown.finding.rule);
    if (score == scores.end()) continue;
    ++score->second.findings;
    const bool rightly =
        std::any_of(simulator.truth().begin(), simulator.truth().end(),
                    [&](const auto& truth) { return Shows(shown.finding, truth, ledger); });
    score->second.rightly += rightly ? 1 : 0;
    if (!rightly) std::cout << "not a fraud: " << shown.text_en << "\n";
  }

  EXPECT_EQ(scores.size(), kFrauds);
  std::cout << fmt::format("{:<20} {:>7} {:>9} {:>7} {:>10}\n", "rule", "frauds", "findings",
                           "recall", "precision");
  for (const auto& [rule, score] : scores) {
    std::cout << fmt::format("{:<20} {:>7} {:>9} {:>7.3f} {:>10.3f}\n", rule, score.frauds,
                             score.findings, score.recall(), score.precision());
    EXPECT_EQ(score.frauds, 10) << rule;
    EXPECT_EQ(score.recalled, score.frauds) << rule;
    // What is not a fraud does nothing that these rules are about.
    EXPECT_EQ(score.rightly, score.findings) << rule;
  }
}

}  // namespace
}  // namespace lumbung
