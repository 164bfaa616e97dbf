// A few threads that run what others leave to them, in the order in which it comes.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lumbung {

// Thread-safe.
class Executor {
 public:
  explicit Executor(unsigned threads);
  // Runs what waits, then ends.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  void Post(std::function<void()> work);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::deque<std::function<void()>> waiting_;
  bool stop_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace lumbung
