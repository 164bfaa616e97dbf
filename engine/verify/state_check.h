// Replays a log into a state of its own and compares what can be compared with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/domain/state.h"
#include "engine/store/derived_store.h"
#include "engine/store/log_store.h"
#include "engine/verify/chunk_check.h"
#include "engine/verify/verify.h"

namespace lumbung {

// A state that takes a log piece by piece.
class StateReplay {
 public:
  explicit StateReplay(std::size_t account_memory_bytes) : state_(account_memory_bytes) {}

  // Applies the events of the next piece, which was found good and has no finding. What can't be
  // applied is a finding; no call after it.
  std::optional<Finding> Take(const ChunkResult& chunk);

  const State& state() const { return state_; }
  // StateAttested events that were compared, and those that speak of a moment gone by.
  std::uint64_t attestations() const { return attestations_; }
  std::uint64_t attestations_skipped() const { return attestations_skipped_; }

 private:
  std::optional<Finding> Apply(const OtherEvent& other);
  std::optional<Finding> CheckAttestation(const v1::Event& event);

  State state_;
  NetChanges changes_;
  v1::Event event_;
  std::uint64_t attestations_ = 0;
  std::uint64_t attestations_skipped_ = 0;
};

// Whether the derived store, brought up to `last` from the log, gives the same state. The finding
// names the first account that differs, where an account does.
std::optional<Finding> CompareDerived(const DerivedStore& derived, const LogStore& log,
                                      std::uint64_t last, const State& replayed,
                                      std::size_t account_memory_bytes);

}  // namespace lumbung
