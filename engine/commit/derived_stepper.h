// Brings the derived store forward in steps while the shard runs.
//
// A step is everything up to its marker: the ids since the last step, and the rows that changed.
// Rows are copied by the decider a few at a time, between blocks; by then some have been changed by
// later events. So what was copied waits until the last of those is durable: nothing derived leads.
// Many rows are written in pieces, so that the copies stay few; the marker moves with the last.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/commit/id_history.h"
#include "engine/domain/state.h"
#include "engine/store/derived_store.h"

namespace lumbung {

// Advance and Finish by the decider's thread, everything else by any.
class DerivedStepper {
 public:
  // `durable`: the log's head.
  DerivedStepper(const LogStore& log, DerivedStore& store, IdHistory& history,
                 std::size_t step_events, std::size_t piece_rows, std::uint64_t durable);
  // Gives up a step that still waits.
  ~DerivedStepper();

  // Between two blocks: begins a step when it is time, copies some rows of one that has begun,
  // hands it to the thread that installs it, or ends it.
  void Advance(State& state, std::uint64_t decided);
  // Brings the store up to `decided`, which is durable, and waits for it.
  Status Finish(State& state, std::uint64_t decided);
  // As blocks become durable.
  void NoteDurable(std::uint64_t sequence);
  // The error that ended stepping, if one did.
  Status status() const;
  // When the last step ended, or this came to be.
  std::chrono::steady_clock::time_point stepped_at() const;

 private:
  enum class Phase { kNone, kCopying, kInstalling };

  void Begin(State& state, std::uint64_t decided);
  // Hands over what was copied when it is all, or a piece.
  void Copy(State& state, std::uint64_t decided, std::size_t most);
  // Goes on after a piece that is installed, or ends the step; waits for it if told to.
  Status End(bool wait);
  // Brings the step that has begun to its end.
  Status Complete(State& state, std::uint64_t decided);
  void Run();
  // Writes what was handed over, the events of which are durable.
  Status Install();

  // Constant after construction.
  const LogStore& log_;
  DerivedStore& store_;
  IdHistory& history_;
  const std::size_t step_events_;
  const std::size_t piece_rows_;

  // The decider's own.
  Phase phase_ = Phase::kNone;
  std::uint64_t last_marker_;
  // The step; the thread's own while it is handed over.
  std::uint64_t marker_ = 0;
  const IdTable* ids_ = nullptr;
  CutRows rows_;
  bool is_last_piece_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  bool handed_over_ = false;
  bool stop_ = false;
  // Events up to here changed the rows that were copied.
  std::uint64_t covered_ = 0;
  std::uint64_t durable_;
  std::chrono::steady_clock::time_point stepped_at_ = std::chrono::steady_clock::now();
  Status status_;

  // Started last.
  std::thread thread_;
};

}  // namespace lumbung
