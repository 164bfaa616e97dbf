// Checks the pieces of a log with several threads and hands them out in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/store/log_store.h"
#include "engine/verify/chunk_check.h"

namespace lumbung {

// Thread-safe for one who takes.
class ChunkPool {
 public:
  // Starts checking events first to last. What it is given must outlive it. `wants_leaves` is
  // called from the workers. REQUIRES: first - 1 is a multiple of kChunkEvents
  ChunkPool(const LogStore& log, std::uint64_t first, std::uint64_t last, unsigned threads,
            std::function<bool(std::uint64_t first, std::uint64_t last)> wants_leaves,
            const std::atomic<bool>& stop);
  // Waits for the workers: set `stop` before where they need not come to the end.
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  // The piece that begins at `first`; waits for it. REQUIRES: not taken yet
  ChunkResult Take(std::uint64_t first);

 private:
  void Work();

  // Constant after construction.
  const LogStore& log_;
  const std::uint64_t last_;
  const std::function<bool(std::uint64_t, std::uint64_t)> wants_leaves_;
  const std::atomic<bool>& stop_;

  std::atomic<std::uint64_t> next_;
  std::mutex mutex_;
  std::condition_variable done_changed_;
  // Below is guarded by mutex_.
  std::map<std::uint64_t, ChunkResult> done_;

  std::vector<std::thread> workers_;
};

// How far a log has been found good, for one who follows behind.
class Watermark {
 public:
  // Everything through `sequence` is good.
  void Advance(std::uint64_t sequence);
  // No more will come.
  void End();
  // Waits until `sequence` is good; false if it never will be.
  bool WaitFor(std::uint64_t sequence);

 private:
  std::atomic<std::uint64_t> reached_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  bool ended_ = false;
};

}  // namespace lumbung
