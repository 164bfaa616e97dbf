// Gives commands their places in the log: decides, encodes and applies them, one after the other,
// into a block. Links and hashes are the writer's (chaining.h): what was not durable yet when it
// was decided has a hash of zeros in its answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/commit/block.h"
#include "engine/commit/clock_guard.h"
#include "engine/commit/id_history.h"
#include "engine/commit/opening.h"
#include "engine/domain/decide.h"
#include "engine/domain/state.h"

namespace lumbung {

// One thread at a time.
class Sequencer {
 public:
  // `state` and `history` are as of event `head`; `last_time` is its time.
  Sequencer(std::unique_ptr<State> state, IdHistory& history, std::uint64_t head,
            std::int64_t last_time, const ShardOptions& options);

  // Reads the clock for the block, and releases the holds that are due.
  void StartBlock(Block& block);
  // Decides the request's commands from number `from` on, until the last or until the block is
  // full; the number of the next.
  std::size_t Take(Request& request, std::size_t from, Block& block);
  // Appends an event that no command asks for; its body is set. Refused where writes are stopped.
  Answer Record(v1::Event& event, Block& block);

  bool IsFull(const Block& block) const;
  // Whether a block that holds some events should be handed over before it takes so many commands.
  bool HasRoomFor(const Block& block, std::size_t commands) const;

  State& state() { return *state_; }
  // The last event decided.
  std::uint64_t decided() const { return decided_; }
  bool clock_suspect() const { return clock_.suspect(); }
  // When a hold falls due next; 0: never.
  std::int64_t NextExpiry() const { return state_->NextExpiry(); }

  // A block that was begun under a suspect clock has no events yet, and takes the time anew.
  void ConfirmClock();
  // Takes nothing any more but reads: `state` is what is durable.
  void Stop(v1::Code code, std::string why);
  void GoBackTo(std::unique_ptr<State> state, std::uint64_t head);

 private:
  // Brings what the commands after the i-th need into the cache.
  void PrefetchFor(const Request& request, std::size_t i) const;
  Answer DecideOne(const Request& request, std::size_t i, Block& block);
  // What a decision that records something answers: recorded, or told for a dry run.
  Answer Conclude(const Request& request, std::size_t i, Answer answer, Block& block);
  // Of the accounts in changes_, with what changes where it is not applied.
  void AddBalances(bool applied, Answer& answer) const;
  void SetEnvelope(v1::Event& event, const std::string& actor);
  // False where the event is too large; then nothing has changed.
  bool Append(v1::Event& event, Block& block);
  void IndexIds(const v1::Event& event, const IdKey* only);

  const ShardOptions options_;
  std::unique_ptr<State> state_;
  IdHistory& history_;
  Decider decider_;
  ClockGuard clock_;
  std::uint64_t decided_;
  std::int64_t block_time_ = 0;
  v1::Event event_;
  std::vector<CommandKey> keys_;
  NetChanges changes_;  // of the event whose balances were asked for
  v1::Code stopped_ = v1::OK;
  std::string why_;
};

}  // namespace lumbung
