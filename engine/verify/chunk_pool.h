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
  // Starts checking events first to last, a few pieces ahead of who takes. What it is given must
  // outlive it. `wants` is called from the workers.
  // REQUIRES: first - 1 is a multiple of kChunkEvents
  ChunkPool(const LogStore& log, std::uint64_t first, std::uint64_t last, unsigned threads,
            std::function<ChunkWants(std::uint64_t first, std::uint64_t last)> wants);
  // Gives up what was not taken.
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  // The piece that begins at `first`; waits for it. REQUIRES: it follows the one taken before
  ChunkResult Take(std::uint64_t first);

 private:
  void Work();

  // Constant after construction.
  const LogStore& log_;
  const std::uint64_t last_;
  const std::function<ChunkWants(std::uint64_t, std::uint64_t)> wants_;
  const std::uint64_t ahead_;

  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::uint64_t next_;   // that no worker has begun
  std::uint64_t taken_;  // where the pieces not taken begin
  std::map<std::uint64_t, ChunkResult> done_;

  std::vector<std::thread> workers_;
};

}  // namespace lumbung
