#include "engine/verify/chunk_pool.h"

#include <algorithm>
#include <utility>

namespace lumbung {
namespace {

// Pieces a worker that may wait to be taken: their events take some megabytes each.
constexpr std::uint64_t kWaitingAWorker = 4;

}  // namespace

ChunkPool::ChunkPool(const LogStore& log, std::uint64_t first, std::uint64_t last, unsigned threads,
                     std::function<ChunkWants(std::uint64_t first, std::uint64_t last)> wants)
    : log_(log),
      last_(last),
      wants_(std::move(wants)),
      ahead_(kWaitingAWorker * threads * kChunkEvents),
      next_(first),
      taken_(first) {
  for (unsigned i = 0; i < threads; ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

ChunkPool::~ChunkPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

ChunkResult ChunkPool::Take(std::uint64_t first) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_.contains(first); });
  ChunkResult result = std::move(done_.extract(first).mapped());
  taken_ = first + kChunkEvents;
  lock.unlock();
  changed_.notify_all();
  return result;
}

void ChunkPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || next_ > last_ || next_ - taken_ < ahead_; });
    if (stop_ || next_ > last_) {
      return;
    }
    const std::uint64_t first = std::exchange(next_, next_ + kChunkEvents);
    lock.unlock();
    const std::uint64_t last = std::min(last_, first + kChunkEvents - 1);
    ChunkResult result = CheckChunk(log_, first, last, wants_(first, last), &stop_);
    lock.lock();
    done_.emplace(first, std::move(result));
    changed_.notify_all();
  }
}

}  // namespace lumbung
