#include "engine/verify/chunk_pool.h"

#include <algorithm>
#include <utility>

namespace lumbung {

ChunkPool::ChunkPool(const LogStore& log, std::uint64_t first, std::uint64_t last, unsigned threads,
                     std::function<bool(std::uint64_t first, std::uint64_t last)> wants_leaves,
                     const std::atomic<bool>& stop)
    : log_(log), last_(last), wants_leaves_(std::move(wants_leaves)), stop_(stop), next_(first) {
  for (unsigned i = 0; i < threads; ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

ChunkPool::~ChunkPool() {
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

ChunkResult ChunkPool::Take(std::uint64_t first) {
  std::unique_lock lock(mutex_);
  done_changed_.wait(lock, [&] { return done_.contains(first); });
  return std::move(done_.extract(first).mapped());
}

void ChunkPool::Work() {
  while (true) {
    const std::uint64_t first = next_.fetch_add(kChunkEvents);
    if (first > last_) {
      return;
    }
    const std::uint64_t last = std::min(last_, first + kChunkEvents - 1);
    ChunkResult result = CheckChunk(log_, first, last, wants_leaves_(first, last), &stop_);
    const std::lock_guard lock(mutex_);
    done_.emplace(first, std::move(result));
    done_changed_.notify_all();
  }
}

void Watermark::Advance(std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  reached_.store(sequence, std::memory_order_release);
  changed_.notify_all();
}

void Watermark::End() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool Watermark::WaitFor(std::uint64_t sequence) {
  if (reached_.load(std::memory_order_acquire) >= sequence) {
    return true;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || reached_.load() >= sequence; });
  return reached_.load() >= sequence;
}

}  // namespace lumbung
