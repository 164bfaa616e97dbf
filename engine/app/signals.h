// Ctrl-C and requests to end: the program stops cleanly at the next place where it can.
#pragma once

#include <atomic>

namespace lumbung {

// From now on SIGINT and SIGTERM ask for a stop; a second one ends the process at once. Blocking
// reads return early. A closed output is an error to who writes, not a signal.
void CatchSignals();

// Whether a stop was asked for. Thread-safe.
bool StopRequested();
// The same, to watch.
const std::atomic<bool>& StopFlag();

}  // namespace lumbung
