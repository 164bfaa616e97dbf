#include "engine/serve/admission.h"

#include <future>

#include "engine/base/check.h"

namespace lumbung {

bool Admission::Enter(const std::string& principal, std::size_t commands, std::size_t bytes,
                      std::function<void()> start) {
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
    line.waiting.push_back({commands, std::move(start)});
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

std::function<void()> Admission::TakeNext() {
  const std::lock_guard lock(mutex_);
  if (turns_.empty()) {
    return {};
  }
  Line& line = lines_[turns_.front()];
  Work& next = line.waiting.front();
  // What is greater than the window starts alone.
  if (started_ > 0 && started_ + next.commands > limits_.window) {
    return {};
  }
  started_ += next.commands;
  std::function<void()> start = std::move(next.start);
  line.waiting.pop_front();
  const std::string principal = turns_.front();
  turns_.pop_front();
  if (!line.waiting.empty()) {
    turns_.push_back(principal);
  }
  return start;
}

void Admission::StartAll() {
  while (const std::function<void()> start = TakeNext()) {
    start();
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
