#include "engine/serve/log_limit.h"

namespace lumbung {
namespace {

LogLimit& TheLimit() {
  static auto* limit = new LogLimit;  // never gone: threads may log until the process ends
  return *limit;
}

void Say(const std::vector<LogLimit::LeftOut>& all) {
  for (const LogLimit::LeftOut& left_out : all) {
    Log(LogLevel::kWarning, "lines left out",
        {{"what", left_out.message}, {"principal", left_out.principal}, {"lines", left_out.lines}});
  }
}

}  // namespace

bool LogLimit::Allow(std::string_view message, std::string_view principal, Time now,
                     std::vector<LeftOut>& left_out) {
  const std::lock_guard lock(mutex_);
  if (now >= window_end_) {
    left_out = TakeLocked();
    window_end_ = now + kWindow;
  }
  return ++lines_[{std::string(message), std::string(principal)}] <= kLines;
}

std::vector<LogLimit::LeftOut> LogLimit::Take() {
  const std::lock_guard lock(mutex_);
  return TakeLocked();
}

std::vector<LogLimit::LeftOut> LogLimit::TakeLocked() {
  std::vector<LeftOut> left_out;
  for (const auto& [key, lines] : lines_) {
    if (lines > kLines) {
      left_out.push_back({key.first, key.second, lines - kLines});
    }
  }
  lines_.clear();
  return left_out;
}

void LogAbout(std::string_view principal, LogLevel level, std::string_view message,
              std::initializer_list<LogField> fields) {
  std::vector<LogLimit::LeftOut> left_out;
  const bool allowed =
      TheLimit().Allow(message, principal, std::chrono::steady_clock::now(), left_out);
  Say(left_out);
  if (allowed) {
    Log(level, message, fields);
  }
}

void LogWhatWasLeftOut() { Say(TheLimit().Take()); }

}  // namespace lumbung
