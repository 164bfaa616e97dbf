// Random commands that meet each other often: few accounts, small amounts, holds, reversals, facts.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include "tests/scenario/memory_ledger.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

// Numbers that a command is made from: small, so that a failing sequence shrinks to its core.
struct Step {
  enum Op : int {
    kPost,
    kPostAgainstFloor,
    kHold,
    kCapture,
    kRelease,
    kReverse,
    kBatch,
    kAccountStatus,
    kOpenAccount,
    kClosePeriod,
    kHolder,
    kCooperative,
    kChart,
    kLoan,
    kLedger,
    kOps,
  };
  int op = 0;
  // What each means depends on the op.
  int a = 0;
  int b = 0;
  int c = 0;
  int amount = 1;
  bool fact = false;
  // Minutes that pass before it.
  int minutes = 0;

  bool operator==(const Step&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Step& step);

// A ledger with the default chart and two cooperatives.
class StartedLedger : public MemoryLedger {
 public:
  StartedLedger();
};

// Makes the n-th command out of a step. It may refer to what earlier commands asked for, done or
// not. A function of the steps so far and the time alone.
class CommandMaker {
 public:
  v1::Command Make(const Step& step, std::int64_t now);

 private:
  v1::Transaction MakeTransaction(const Step& step, std::string id, bool with_entries = true);
  v1::Command MakeMoney(const Step& step, const std::string& id, std::int64_t now);
  v1::Command MakeReference(const Step& step, const std::string& id);
  v1::Command MakeRare(const Step& step, const std::string& id);

  int made_ = 0;
  // Ids of the transactions and holds asked for so far.
  std::vector<std::string> transactions_;
  std::vector<std::string> holds_;
};

// A command that was sent, when, and what became of it.
struct Sent {
  v1::Command command;
  std::int64_t at = 0;
  Decision decision;
};

// Sends a command for each step.
std::vector<Sent> RunAll(MemoryLedger& ledger, const std::vector<Step>& steps);

// Transactions of one cooperative that may refuse each other.
std::vector<v1::Transaction> MakeItems(const std::vector<Step>& steps);

}  // namespace lumbung

namespace rc {
template <>
struct Arbitrary<lumbung::Step> {
  static Gen<lumbung::Step> arbitrary();
};
}  // namespace rc
