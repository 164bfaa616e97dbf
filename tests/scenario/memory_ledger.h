// A ledger in memory for tests of the domain: decider, state and log, without files.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/domain/decide.h"
#include "engine/domain/state.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

// One thread at a time. Starts with its LedgerCreated.
class MemoryLedger : public History {
 public:
  explicit MemoryLedger(std::int64_t now,
                        std::size_t account_memory_bytes = State::kDefaultAccountMemory);

  // Releases the holds that are due, decides the command as a block of its own, and keeps what is
  // to be recorded.
  Decision Submit(const v1::Command& command);
  // Releases the holds that are due, as an idle shard does.
  void ReleaseDueHolds();

  std::int64_t now() const { return now_; }
  void set_now(std::int64_t now) { now_ = now; }

  // Event n stands at n - 1. References stay valid.
  const std::deque<v1::Event>& events() const { return events_; }
  const State& state() const { return state_; }
  State& state() { return state_; }

  Recorded Find(const CommandKey& key) override;

 private:
  // Gives the event its envelope, and keeps it as its bytes say it is; false if it is too large.
  bool Append(v1::Event& event);

  std::int64_t now_;
  State state_;
  Decider decider_;
  std::deque<v1::Event> events_;
  std::vector<Hash> hashes_;
  std::map<CommandKey, std::size_t> index_;
};

}  // namespace lumbung
