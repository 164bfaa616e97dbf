// Replays a log into a state of its own and compares what can be compared with it.
#pragma once

#include <atomic>
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
#include "engine/verify/chunk_pool.h"
#include "engine/verify/verify.h"

namespace lumbung {

struct StateReplay {
  std::unique_ptr<State> state;
  // StateAttested events that were compared, and those that speak of a moment gone by.
  std::uint64_t attestations = 0;
  std::uint64_t attestations_skipped = 0;
  std::optional<Finding> finding;
};

// Applies events 1 to `last`, each once it is `good`. Ends early at a finding; where it was stopped
// or not all were good, state is null.
StateReplay ReplayFromStart(const LogStore& log, std::uint64_t last,
                            std::size_t account_memory_bytes, Watermark& good,
                            const std::atomic<bool>* stop);

// Whether the derived store, brought up to `last` from the log, gives the same state. The finding
// names the first account that differs, where an account does.
std::optional<Finding> CompareDerived(const DerivedStore& derived, const LogStore& log,
                                      std::uint64_t last, const State& replayed,
                                      std::size_t account_memory_bytes);

}  // namespace lumbung
