#include "engine/serve/admission.h"

#include <future>

#include "engine/base/check.h"

namespace lumbung {

bool Admission::Enter(const std::string& principal, std::size_t commands, std::size_t bytes,
                      std::function<void()> start, const void* stream) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return false;
    }
    Line& line = lines_[principal];
    const bool fits = commands_ + commands <= limits_.max_commands &&
                      line.commands + commands <= limits_.max_commands_a_principal &&
                      bytes_ + bytes <= limits_.max_bytes;
    if (!fits) {
      if (line.commands == 0) {
        lines_.erase(principal);
      }
      return false;
    }
    commands_ += commands;
    bytes_ += bytes;
    line.commands += commands;
    if (line.waiting.empty()) {
      turns_.push_back(principal);
    }
    line.waiting.push_back({commands, std::move(start), stream});
  }
  StartAll();
  return true;
}

void Admission::End(const std::string& principal, std::size_t commands, std::size_t bytes) {
  std::deque<std::function<void()>> emptied;
  {
    const std::lock_guard lock(mutex_);
    const auto line = lines_.find(principal);
    LUMBUNG_CHECK(line != lines_.end() && line->second.commands >= commands);
    commands_ -= commands;
    bytes_ -= bytes;
    started_ -= commands;
    line->second.commands -= commands;
    if (line->second.commands == 0 && line->second.waiting.empty()) {
      lines_.erase(line);
    }
    if (lines_.empty()) {
      emptied.swap(emptied_);
    }
  }
  for (const auto& notify : emptied) {
    notify();
  }
  StartAll();
}

Admission::Work Admission::TakeNext() {
  // Each principal has a turn; those wait whose next work follows what is being started.
  for (std::size_t turns = turns_.size(); turns > 0; --turns) {
    std::string principal = std::move(turns_.front());
    turns_.pop_front();
    Line& line = lines_[principal];
    if (starting_.contains(line.waiting.front().stream)) {
      turns_.push_back(std::move(principal));
      continue;
    }
    // What is greater than the window starts alone.
    if (started_ > 0 && started_ + line.waiting.front().commands > limits_.window) {
      turns_.push_front(std::move(principal));
      return {};
    }
    Work next = std::move(line.waiting.front());
    line.waiting.pop_front();
    if (!line.waiting.empty()) {
      turns_.push_back(std::move(principal));
    }
    started_ += next.commands;
    if (next.stream != nullptr) {
      starting_.insert(next.stream);
    }
    return next;
  }
  return {};
}

void Admission::StartAll() {
  std::unique_lock lock(mutex_);
  while (true) {
    Work next = TakeNext();
    if (!next.start) {
      return;
    }
    lock.unlock();
    next.start();
    next.start = {};  // gone before the mutex is held
    lock.lock();
    // Nobody is woken for what may start now: this thread looks again.
    starting_.erase(next.stream);
  }
}

void Admission::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Admission::WaitUntilEmpty() {
  std::promise<void> emptied;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.empty()) {
      return;
    }
    emptied_.emplace_back([&] { emptied.set_value(); });
  }
  emptied.get_future().get();
}

std::size_t Admission::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

std::size_t Admission::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace lumbung
