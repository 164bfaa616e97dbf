// The queue between a shard's clients and its decider, and the decider's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "engine/base/status.h"
#include "engine/commit/block_writer.h"
#include "engine/commit/derived_stepper.h"
#include "engine/commit/durable_waiters.h"
#include "engine/commit/opening.h"
#include "engine/commit/sequencer.h"
#include "engine/commit/shard.h"

namespace lumbung {

// What Shard does, which says the contract of each.
class ShardWorker {
 public:
  ShardWorker(OpenedShard opened, const ShardOptions& options);
  ~ShardWorker() { static_cast<void>(Close().ok()); }
  ShardWorker(const ShardWorker&) = delete;
  ShardWorker& operator=(const ShardWorker&) = delete;

  // Looks things up on the client's thread, then queues.
  void Submit(std::span<const v1::Command* const> commands, std::string_view actor,
              Shard::Done done, const SubmitOptions& options);
  void Push(std::unique_ptr<Request> request);
  Answer RecordDirectly(v1::Event event);
  void ConfirmClock();
  Status Close();

  ShardStats Stats() const;
  // As Shard::WhenDurable.
  void WhenDurable(std::uint64_t sequence, std::function<void()> wake) {
    waiters_.Add(sequence, std::move(wake));
  }
  std::string WhyStopped() const;

  // Whether ids could be looked up so far. On the decider's thread.
  Status LookedUp() const { return history_->status(); }
  LogStore& log() { return *log_; }
  const BlockWriter& writer() const { return *writer_; }

 private:
  using Queue = std::deque<std::unique_ptr<Request>>;
  using Time = std::chrono::steady_clock::time_point;

  void Run();
  // Waits until there is something to do, and takes what waits; false when all is done.
  bool WaitForWork(Queue& requests);
  void Take(std::unique_ptr<Request> request);
  // Begins a block, or one that has nothing yet again: the time and what is due may be others now.
  void StartBlock();
  void HandOver();
  // Counts the time since `working_since_` as work on the block.
  void NoteWork();
  void NoteAccounts();
  // A cooperative is registered where it lives, and nowhere else.
  void CheckHome(const v1::Command& command, Checked& checked) const;
  // After a write has failed: the state goes back to what is durable, and reads go on.
  void GoBackIfFailed();

  // Constant after construction.
  const ShardOptions options_;
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<DerivedStore> derived_;
  std::unique_ptr<IdHistory> history_;
  const std::uint64_t replayed_;
  const std::uint64_t opened_at_;
  const std::uint32_t shard_;
  const std::uint32_t shards_;  // 0 while the ledger is made

  // The decider's own.
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Block> block_;
  bool went_back_ = false;
  // When the oldest of the requests at hand came, and since when the decider is at work.
  Time arrived_;
  Time working_since_;

  DurableWaiters waiters_;
  std::unique_ptr<DerivedStepper> stepper_;
  std::unique_ptr<BlockWriter> writer_;

  // As of the last block that was handed over.
  std::atomic<std::uint64_t> accounts_;
  std::atomic<std::uint64_t> account_bytes_;
  std::atomic<bool> clock_suspect_ = false;

  // Held shared by clients that look ids up, exclusively to close what they look into.
  std::shared_mutex lookups_;
  std::atomic<bool> stopping_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Below is guarded by mutex_.
  Queue queue_;
  std::size_t queued_commands_ = 0;
  // When the first of the queue came.
  Time queued_since_;
  bool stop_ = false;
  bool confirm_clock_ = false;
  bool closed_ = false;

  // Started last.
  std::thread thread_;
};

}  // namespace lumbung
