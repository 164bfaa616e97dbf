// How much may wait, and whose turn it is: bounds by count and bytes, in all and for each
// principal; principals take turns for what the shards take at once. Who floods waits behind
// itself.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace lumbung {

struct AdmissionLimits {
  std::size_t max_commands = 500'000;
  std::size_t max_commands_a_principal = 250'000;
  std::size_t max_bytes = std::size_t{256} << 20;
  // Commands that have been started and not ended.
  std::size_t window = 65'536;
};

// Thread-safe.
class Admission {
 public:
  explicit Admission(const AdmissionLimits& limits) : limits_(limits) {}

  // Takes work up, to be started as soon as it is its principal's turn: perhaps within this call,
  // else on a thread that calls Enter or End. False where a bound is reached, or after Close; then
  // it is not kept.
  //
  // A principal's work is taken from its line in the order of Enter, but several threads start it,
  // so that one may overtake another. Work of one `stream` (an address that stands for it) is
  // started one by one, in order. Across streams, and without one (null), there is no order.
  bool Enter(const std::string& principal, std::size_t commands, std::size_t bytes,
             std::function<void()> start, const void* stream = nullptr);
  // Work that was started has ended.
  void End(const std::string& principal, std::size_t commands, std::size_t bytes);

  // From now on nothing is taken up.
  void Close();
  // Waits until all that was taken up has ended.
  void WaitUntilEmpty();
  // Taken up and not ended.
  std::size_t commands() const;
  std::size_t bytes() const;

 private:
  struct Work {
    std::size_t commands = 0;
    std::function<void()> start;
    const void* stream = nullptr;
  };
  struct Line {
    std::size_t commands = 0;
    std::deque<Work> waiting;
  };

  // The next piece of work that may start; without a `start` if none. REQUIRES: mutex_ is held
  Work TakeNext();
  void StartAll();

  const AdmissionLimits limits_;

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  std::map<std::string, Line> lines_;
  // Principals with work that waits, in the order of their turns.
  std::deque<std::string> turns_;
  // Streams of which a thread is starting work.
  std::set<const void*> starting_;
  std::size_t commands_ = 0;
  std::size_t bytes_ = 0;
  std::size_t started_ = 0;
  bool closed_ = false;
  std::deque<std::function<void()>> emptied_;
};

}  // namespace lumbung
