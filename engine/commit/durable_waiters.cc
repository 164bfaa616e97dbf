#include "engine/commit/durable_waiters.h"

#include <utility>
#include <vector>

namespace lumbung {

void DurableWaiters::Add(std::uint64_t sequence, std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (durable_ < sequence) {
      waiting_.emplace(sequence, std::move(wake));
      return;
    }
  }
  wake();
}

void DurableWaiters::Wake(std::uint64_t sequence) {
  std::vector<std::function<void()>> woken;
  {
    const std::lock_guard lock(mutex_);
    durable_ = sequence;
    const auto end = waiting_.upper_bound(sequence);
    for (auto it = waiting_.begin(); it != end; it = waiting_.erase(it)) {
      woken.push_back(std::move(it->second));
    }
  }
  for (const auto& wake : woken) {
    wake();
  }
}

}  // namespace lumbung
