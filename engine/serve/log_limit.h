// Keeps whoever does much that is logged from filling the log: of each kind of line, so many about
// a principal in a while, and then how many were left out.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/serve/log.h"

namespace lumbung {

// Thread-safe.
class LogLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Lines of a kind about a principal, in a window of time.
  static constexpr std::uint64_t kLines = 20;
  static constexpr std::chrono::seconds kWindow{10};

  struct LeftOut {
    std::string message;
    std::string principal;
    std::uint64_t lines = 0;
  };

  // Whether a line may be logged. Where a window has ended, `left_out` gets what was left out in
  // it.
  bool Allow(std::string_view message, std::string_view principal, Time now,
             std::vector<LeftOut>& left_out);
  // What was left out since the last window ended.
  std::vector<LeftOut> Take();

 private:
  std::vector<LeftOut> TakeLocked();

  std::mutex mutex_;
  // Below is guarded by mutex_.
  Time window_end_;
  // By (message, principal): those that the policy names, and nobody.
  std::map<std::pair<std::string, std::string>, std::uint64_t> lines_;
};

// As Log, unless there were too many such lines about the principal (empty: nobody that is known).
// How many were left out is said with the first line after them. Thread-safe.
void LogAbout(std::string_view principal, LogLevel level, std::string_view message,
              std::initializer_list<LogField> fields);
// Says what was left out until now: before the log ends. Thread-safe.
void LogWhatWasLeftOut();

}  // namespace lumbung
