// How commands are submitted.
#pragma once

#include <chrono>

namespace lumbung {

struct SubmitOptions {
  // Decides as if it were to be recorded, and records nothing. Each command by itself, on what is
  // recorded: the commands of one submission don't see each other.
  bool dry_run = false;
  // Answers bring the balances of the accounts that the event touches.
  bool with_balances = false;
  // Commands that are not decided by then are refused with EXPIRED.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

}  // namespace lumbung
