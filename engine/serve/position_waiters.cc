#include "engine/serve/position_waiters.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lumbung {

PositionWaiters::PositionWaiters(PositionOf position_of)
    : position_of_(std::move(position_of)), thread_([this] { Run(); }) {}

PositionWaiters::~PositionWaiters() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PositionWaiters::Add(const Place& place, std::uint64_t sequence, Deadline deadline,
                          std::function<void(bool)> done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({place, sequence, deadline, std::move(done)});
    look_ = true;
  }
  changed_.notify_all();
}

void PositionWaiters::Look() {
  {
    const std::lock_guard lock(mutex_);
    // Also while it looks at those who wait: they are not in the list then.
    look_ = true;
    if (waiting_.empty()) {
      return;
    }
  }
  changed_.notify_all();
}

void PositionWaiters::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_ || !waiting_.empty()) {
    if (waiting_.empty()) {
      changed_.wait(lock, [this] { return look_ || stop_; });
    } else {
      const Deadline first =
          std::min_element(waiting_.begin(), waiting_.end(), [](const Waiter& a, const Waiter& b) {
            return a.deadline < b.deadline;
          })->deadline;
      changed_.wait_until(lock, first, [this] { return look_ || stop_; });
    }
    look_ = false;
    const bool stop = stop_;
    std::list<Waiter> looked_at;
    looked_at.swap(waiting_);
    lock.unlock();
    std::map<Place, std::uint64_t> positions;
    const Deadline now = std::chrono::steady_clock::now();
    for (auto waiter = looked_at.begin(); waiter != looked_at.end();) {
      const auto [position, is_new] = positions.try_emplace(waiter->place);
      if (is_new) {
        position->second = position_of_(waiter->place);
      }
      const bool reached = position->second >= waiter->sequence;
      if (reached || stop || waiter->deadline <= now) {
        waiter->done(reached);
        waiter = looked_at.erase(waiter);
      } else {
        ++waiter;
      }
    }
    lock.lock();
    waiting_.splice(waiting_.begin(), looked_at);
  }
}

}  // namespace lumbung
