// Days of village cooperatives as commands: the same from the same seed, on every machine.
//
// On the first day each cooperative registers itself, its outlets and members, and its loan, and
// tells of the day before (a grant, stock, dues, QRIS sales). Then it lives through the days: trade
// at its counters and in the app by the curve of the local day, settlement of QRIS sales, stock,
// cash and floats kept up, dues, a partner's share, wages, instalments on the 12th. Some villages
// are remote and offline for days: what their outlets did comes later, with its own time. Some
// cooperatives fall dormant, some don't pay their loan. docs/SIMULATOR.md says more.
//
// Nothing of it is refused by a ledger that has published the chart.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/domain/account_key.h"
#include "engine/simulator/frauds.h"
#include "engine/simulator/regions.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

class CooperativeLife;

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint32_t cooperatives = 100;
  std::uint32_t members = 15;
  // What outlets, app and members do on an ordinary day, for each cooperative in the mean.
  std::uint32_t trades = 45;
  // The last local day, and how many there are with it. What happened on an earlier one is told as
  // a fact: it can't be refused any more.
  Date day = 20260504;
  std::uint32_t days = 1;
  // How many patterns that an audit must find, each of the kinds in its turn (frauds.h). They need
  // more days than kDaysBeforeAFraud and kDaysAfterAFraud.
  std::uint32_t frauds = 0;
  // A chart with the codes, kinds and channels of schemas/charts/kdmp.json, published before.
  std::string chart = "kdmp";
};

struct SimulatedCooperative {
  std::uint64_t number = 0;
  Village village;
};

// What every account comes to: debits less credits, in minor units.
using Balances = std::map<AccountKey, std::int64_t>;

// Memory: about 3 KB a cooperative of 15 members, and what remote ones have not told yet. One
// thread at a time.
class Simulator {
 public:
  // The command in hand is good until the call returns.
  using Emit = std::function<void(const v1::Command&)>;

  // Picks a village for each cooperative. REQUIRES: at least one cooperative, as many villages as
  // cooperatives or more, at least one member, at least one day, the first of them in 1900 or later
  Simulator(SimulationOptions options, const std::vector<Village>& villages);
  ~Simulator();

  // Hands out what is left of the days, a quarter of an hour after the other.
  void Run(const Emit& emit);
  // The same for a quarter of an hour; after the last day it goes on with the next. `times` as many
  // trades as on an ordinary day.
  void RunQuarter(const Emit& emit, std::uint32_t times = 1);

  // Where the next quarter begins, UTC microseconds.
  std::int64_t next_quarter() const { return next_quarter_; }
  // Where the days end, UTC microseconds.
  std::int64_t end() const { return end_; }
  bool at_end() const { return next_quarter_ >= end_; }
  // When the command in hand is told: later than it happened where an outlet had been offline. UTC
  // microseconds. REQUIRES: called while a command is handed out
  std::int64_t told_at() const { return told_at_; }

  const std::vector<SimulatedCooperative>& cooperatives() const { return cooperatives_; }
  // Of the frauds so far, in order.
  const std::vector<FraudTruth>& truth() const { return truth_; }
  // What a ledger must come to that has taken every command handed out so far. Kept here by adding
  // up entries, apart from the engine. Calls for each account, in the order of keys.
  void VisitBalances(const std::function<void(const AccountKey&, std::int64_t)>& visit) const;
  Balances expected_balances() const;

 private:
  void PlanFrauds();

  // Constant after construction.
  const SimulationOptions options_;
  std::vector<SimulatedCooperative> cooperatives_;
  std::int64_t end_ = 0;

  std::vector<CooperativeLife> lives_;
  std::int64_t next_quarter_ = 0;
  std::int64_t told_at_ = 0;
  std::vector<FraudTruth> truth_;
};

}  // namespace lumbung
