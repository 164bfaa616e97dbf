// Links blocks and makes them durable, one after the other, on a thread of its own, and answers
// what waited.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/chain/tree.h"
#include "engine/commit/block.h"
#include "engine/store/log_store.h"

namespace lumbung {

// Thread-safe, but for who calls Write and TakeEmpty: one thread.
class BlockWriter {
 public:
  // `on_durable` is called after each block with events, before its requests are answered;
  // `on_block` (may be empty) after they are; `on_idle` whenever the writer has nothing left to do.
  // All on the writer's thread.
  BlockWriter(LogStore& log, TreeBuilder tree, std::function<void(std::uint64_t)> on_durable,
              BlockObserver on_block, std::function<void()> on_idle);
  // Writes what was handed over.
  ~BlockWriter();

  // Hands a block over; waits while another one waits to be written.
  void Write(std::unique_ptr<Block> block);
  // A block to fill: one that was written, as it was then (see IdHistory::Forget), or a new one.
  std::unique_ptr<Block> TakeEmpty();
  bool idle() const;
  // Waits until all that was handed over is written.
  void Drain();
  // The first write that failed. No block is written after it, and none that waits is acknowledged.
  Status status() const;

  // The last durable event, and the root of the tree there. Waits for a block that is being
  // written.
  Head TreeHead(Hash& root) const;

 private:
  void Run();
  // Stores what is in the block, and notes how long that took.
  Status Store(Block& block);
  void AnswerRequests(Block& block, const Status& status);
  // Sets the hash that an answer lacks because it was decided before the event was linked.
  void FillHash(const Block& block, Answer& answer);

  // Constant after construction.
  LogStore& log_;
  const std::function<void(std::uint64_t)> on_durable_;
  const BlockObserver on_block_;
  const std::function<void()> on_idle_;

  // The writer's own.
  Hasher hasher_;
  Hash last_hash_;

  mutable std::mutex tree_mutex_;
  // Below is guarded by tree_mutex_.
  TreeBuilder tree_;
  std::vector<Tile> full_tiles_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::unique_ptr<Block> waiting_;
  bool writing_ = false;
  bool stop_ = false;
  std::vector<std::unique_ptr<Block>> written_;
  Status status_;

  // Started last.
  std::thread thread_;
};

}  // namespace lumbung
