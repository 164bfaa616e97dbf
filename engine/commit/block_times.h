// Where the time of a block went, for metrics. The stages follow each other, so that their sum is
// how long the oldest of its requests waited for its answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace lumbung {

struct BlockTimes {
  // 0 where it had only answers.
  std::size_t events = 0;
  // Until the decider took up the oldest request.
  std::chrono::nanoseconds queue{0};
  // The decider at work: deciding, applying, encoding.
  std::chrono::nanoseconds decide{0};
  // Decided, until the disk was free of the block before.
  std::chrono::nanoseconds wait{0};
  // On its way to the disk: chain, tree, one WriteBatch, one fsync. 0 where there are no events.
  std::chrono::nanoseconds write{0};
};

// Called once a block that has not failed, by a shard's writer thread: must not block.
using BlockObserver = std::function<void(const BlockTimes&)>;

}  // namespace lumbung
