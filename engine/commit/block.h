// A block on its way from the decider to the disk.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/commit/block_times.h"
#include "engine/commit/request.h"
#include "engine/store/block_format.h"

namespace lumbung {

// Filled by the decider, then linked and written by the writer, then handed back to be filled
// again: one thread at a time, but that the decider may read the events, though not their links,
// while they are being written.
struct Block {
  BlockBuilder events;
  // Leaf hashes of the events; the writer's.
  std::vector<Hash> hashes;
  // Answered when the block is durable. Those that record nothing too: what they saw is then.
  std::vector<std::unique_ptr<Request>> requests;
  // Decided from what is durable, after a write had failed; it has no events.
  bool after_failure = false;
  // When the decider took up the first of it.
  std::chrono::steady_clock::time_point began;
  BlockTimes times;

  bool empty() const { return events.empty() && requests.empty(); }
  void Clear() {
    events.Clear();
    hashes.clear();
    requests.clear();
    after_failure = false;
    times = {};
  }
};

}  // namespace lumbung
