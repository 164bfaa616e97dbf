#include "engine/serve/executor.h"

#include "engine/base/thread_name.h"

namespace lumbung {

Executor::Executor(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

Executor::~Executor() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void Executor::Post(std::function<void()> work) {
  // Told while the mutex is held: once it is not, the work may be done, and the executor with it.
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(work));
  changed_.notify_one();
}

void Executor::Run() {
  NameThread("answers");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stop_; });
    if (waiting_.empty()) {
      return;
    }
    std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    // What it held goes before the lock is taken.
    work = nullptr;
    lock.lock();
  }
}

}  // namespace lumbung
