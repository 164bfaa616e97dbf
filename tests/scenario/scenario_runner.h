// Runs a scenario: each row on a ledger in memory, then its expectation, then every invariant.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenario/invariants.h"
#include "tests/scenario/memory_ledger.h"
#include "tests/scenario/scenario_commands.h"
#include "tests/scenario/scenario_text.h"

namespace lumbung {

// What a row says after "=>".
struct Expected {
  v1::Code code = v1::OK;
  bool replayed = false;
  // Absent: the business date.
  std::optional<Date> posted;
  std::vector<v1::Code> overrides;
  std::optional<std::uint32_t> item;
  std::string fragment;
};

// Words from "=>" on; none: ok. Throws ScenarioError.
Expected TakeExpected(Words& words);

class ScenarioRunner {
 public:
  // A ledger with the default chart, at 09:00 of 2026-05-01 in Jakarta.
  explicit ScenarioRunner(const Scenario& scenario);

  // Runs the rows up to the first that fails; what was wrong there, each with its file and line.
  // Empty: nothing.
  std::vector<std::string> Run();

 private:
  void RunRow(const ScenarioRow& row);
  // Whether the row's verb was one of these.
  bool RunClock(const std::string& verb, Words& words);
  bool RunBatch(const std::string& verb, Words& words, const ScenarioRow& row);
  bool RunCheck(const std::string& verb, Words& words);

  void Send(const v1::Command& command, const Expected& expected);
  void CheckDecision(const Decision& decision, const Expected& expected);
  void CheckPostings(const v1::Event& event, const Expected& expected);
  // What was recorded is answered again; what was not leaves no trace and is refused again.
  void CheckRetry(const v1::Command& command, const Decision& first);
  void CheckAmount(std::string_view what, Words& words, Int128 is);
  void CheckOutcome(Words& words);
  std::string OutcomeOf(const std::string& id) const;
  v1::Side GrowsBy(std::uint32_t code) const;
  void Fail(std::string what) { problems_.push_back(std::move(what)); }

  const Scenario& scenario_;
  MemoryLedger ledger_;
  CommandReader reader_;
  Invariants invariants_;
  // By the id's text, as sent last.
  std::map<std::string, v1::Command> sent_;
  // The batch that is being put together.
  std::optional<v1::Command> batch_;
  std::vector<std::string> problems_;
};

}  // namespace lumbung
