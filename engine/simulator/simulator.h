// A day of village cooperatives as commands: the same from the same seed, on every machine.
//
// Each cooperative registers itself, its outlets and members, and its loan; tells of the day before
// (dues, a grant, QRIS sales); then lives through the day: settlement of yesterday's QRIS sales,
// stock, the loan paid out to a vendor, sales with their cost, savings, agent banking, bill
// payments, an instalment, dues. Nothing of it is refused by a ledger that has published the chart.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/domain/account_key.h"
#include "engine/simulator/regions.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint32_t cooperatives = 100;
  std::uint32_t members = 15;
  // What outlets and members do from morning to evening, for each cooperative; beside it come
  // some 40 commands for the setting up and for the office's own work.
  std::uint32_t trades = 45;
  // The local day.
  Date day = 20260504;
  // A chart with the codes, kinds and channels of schemas/charts/kdmp.json, published before.
  std::string chart = "kdmp";
};

struct SimulatedCooperative {
  std::uint64_t number = 0;
  Village village;
};

// What every account comes to: debits less credits, in minor units.
using Balances = std::map<AccountKey, std::int64_t>;

// One thread at a time.
class Simulator {
 public:
  // Picks a village for each cooperative. REQUIRES: at least one cooperative, as many villages as
  // cooperatives or more, at least one member
  Simulator(SimulationOptions options, const std::vector<Village>& villages);

  // Hands out all commands, hour by hour. Called once.
  void Run(const std::function<void(v1::Command)>& emit);

  const std::vector<SimulatedCooperative>& cooperatives() const { return cooperatives_; }
  // What a ledger must come to that has taken every command handed out so far. Kept here by adding
  // up entries, apart from the engine.
  const Balances& expected_balances() const { return balances_; }

 private:
  const SimulationOptions options_;
  std::vector<SimulatedCooperative> cooperatives_;
  Balances balances_;
};

}  // namespace lumbung
