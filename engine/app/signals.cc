#include "engine/app/signals.h"

#include <csignal>

namespace lumbung {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// `number` as the interface of handlers wants it.
void OnSignal(int number) {
  stop_requested.store(true);
  std::signal(number, SIG_DFL);
}

}  // namespace

void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a read that waits for input comes back
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool StopRequested() { return stop_requested.load(std::memory_order_relaxed); }

const std::atomic<bool>& StopFlag() { return stop_requested; }

}  // namespace lumbung
