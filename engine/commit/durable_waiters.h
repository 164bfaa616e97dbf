// Who waits until an event is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace lumbung {

// Thread-safe. `wake` functions are called without a lock held, on the thread of Add, Wake or
// Close.
class DurableWaiters {
 public:
  // `durable`: the last event that is.
  explicit DurableWaiters(std::uint64_t durable) : durable_(durable) {}

  // Calls `wake` once, when the event is durable, or nothing more will be.
  void Add(std::uint64_t sequence, std::function<void()> wake);
  // Events up to this one are durable.
  void Wake(std::uint64_t sequence);
  // Nothing more will be.
  void Close() { Wake(UINT64_MAX); }

 private:
  std::mutex mutex_;
  // Below is guarded by mutex_.
  std::uint64_t durable_;
  std::multimap<std::uint64_t, std::function<void()>> waiting_;
};

}  // namespace lumbung
