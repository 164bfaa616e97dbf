// Rows that were copied at different times, and the log replayed over them, give the state.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/property/steps.h"
#include "tests/scenario/scenario_commands.h"

namespace lumbung {
namespace {

using Steps = std::vector<Step>;

// What the derived store does, without files: rows are kept as they are copied; the marker moves
// when a cut is complete.
class RowKeeper {
 public:
  void Begin(const MemoryLedger& ledger, State& state) {
    if (done_) {
      state.BeginCut();
      begun_at_ = ledger.events().size();
      done_ = false;
    }
  }
  void Copy(State& state, std::size_t most) {
    if (done_) {
      return;
    }
    CutRows copied;
    done_ = state.CopyCut(most, copied);
    for (const StateRow& row : copied.Sorted()) {
      if (row.deleted) {
        rows_.erase(row.key);
      } else {
        rows_[row.key] = row.value;
      }
    }
    if (done_) {
      marker_ = begun_at_;
    }
  }
  // The state as it is opened: kept rows, then the log after the marker, up to `end`.
  State Open(const MemoryLedger& ledger, std::size_t end) const {
    State state;
    for (const auto& [key, value] : rows_) {
      RC_ASSERT(state.LoadRow(key, value).ok());
    }
    for (std::size_t i = marker_; i < end; ++i) {
      state.Apply(ledger.events()[i]);
    }
    return state;
  }
  // The cut that was being copied is gone; its rows that were kept stay.
  void Crash() { done_ = true; }
  std::size_t marker() const { return marker_; }

 private:
  std::map<std::string, std::string> rows_;
  bool done_ = true;
  std::size_t begun_at_ = 0;
  std::size_t marker_ = 0;
};

RC_GTEST_PROP(Rows, CopiedInPartsAndReplayedOverGiveTheState,
              (const Steps& steps, const std::vector<std::uint8_t>& cuts)) {
  StartedLedger ledger;
  RowKeeper keeper;
  CommandMaker maker;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    ledger.set_now(ledger.now() + steps[i].minutes * std::int64_t{60'000'000});
    ledger.Submit(maker.Make(steps[i], ledger.now()));
    const std::uint8_t cut = cuts.empty() ? 0 : cuts[i % cuts.size()];
    if (cut % 3 == 0) {
      keeper.Begin(ledger, ledger.state());
    }
    if (cut % 2 == 0) {
      keeper.Copy(ledger.state(), cut % 7);
    }
    if (cut % 5 == 0) {
      // A crash here: rows may be newer than the marker, each in its own way.
      const State opened = keeper.Open(ledger, ledger.events().size());
      RC_ASSERT(opened.Digest() == ledger.state().Digest());
      RC_ASSERT(opened.NextExpiry() == ledger.state().NextExpiry());
    }
  }
  RC_ASSERT(keeper.Open(ledger, ledger.events().size()).Digest() == ledger.state().Digest());
  RC_TAG(keeper.marker() > 4 ? "moved" : "not moved");
}

// What a crash left to be copied is copied after it.
RC_GTEST_PROP(Rows, AStateThatWasOpenedIsCopiedOn, (const Steps& steps, const Steps& more)) {
  StartedLedger ledger;
  RowKeeper keeper;
  keeper.Begin(ledger, ledger.state());
  keeper.Copy(ledger.state(), 1'000);
  RunAll(ledger, steps);
  keeper.Begin(ledger, ledger.state());
  keeper.Copy(ledger.state(), steps.size() / 4);
  keeper.Crash();
  ledger.state() = keeper.Open(ledger, ledger.events().size());

  CommandMaker maker;
  for (std::size_t i = 0; i < more.size(); ++i) {
    // Other ids than those before the crash.
    v1::Command command = maker.Make(more[i], ledger.now());
    if (command.has_post()) {
      command.mutable_post()->set_transaction_id(ScenarioId("more " + std::to_string(i)));
    }
    ledger.Submit(command);
  }
  keeper.Begin(ledger, ledger.state());
  keeper.Copy(ledger.state(), 100'000);
  RC_ASSERT(keeper.marker() == ledger.events().size());
  RC_ASSERT(keeper.Open(ledger, ledger.events().size()).Digest() == ledger.state().Digest());
}

}  // namespace
}  // namespace lumbung
