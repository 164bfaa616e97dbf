// Those who wait until a projection has come to an event: called once each, when it has or when
// their time is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace lumbung {

// Thread-safe.
class PositionWaiters {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  // The sequence that a shard has come to. Called on the thread of this.
  using PositionOf = std::function<std::uint64_t(std::uint32_t shard)>;

  explicit PositionWaiters(PositionOf position_of);
  // Calls those who wait: it did not come.
  ~PositionWaiters();

  // Calls `done`, on the thread of this, with whether the shard has come to the event. It must not
  // block.
  void Add(std::uint32_t shard, std::uint64_t sequence, Deadline deadline,
           std::function<void(bool reached)> done);
  // Positions may have changed.
  void Look();

 private:
  struct Waiter {
    std::uint32_t shard;
    std::uint64_t sequence;
    Deadline deadline;
    std::function<void(bool)> done;
  };

  void Run();

  const PositionOf position_of_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::list<Waiter> waiting_;
  bool look_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace lumbung
