// Those who wait until projections have come to an event: called once each, when it has or when
// their time is over.
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>

namespace lumbung {

// Thread-safe.
class PositionWaiters {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  struct Place {
    // A constant.
    std::string_view projection;
    std::uint32_t shard = 0;

    auto operator<=>(const Place&) const = default;
  };
  // The sequence that one has come to. Called on the thread of this.
  using PositionOf = std::function<std::uint64_t(const Place&)>;

  explicit PositionWaiters(PositionOf position_of);
  // Calls those who wait: it did not come.
  ~PositionWaiters();

  // Calls `done`, on the thread of this, with whether it has come to the event. It must not block.
  void Add(const Place& place, std::uint64_t sequence, Deadline deadline,
           std::function<void(bool reached)> done);
  // Positions may have changed.
  void Look();

 private:
  struct Waiter {
    Place place;
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
