// Names of threads, by which `top -H`, profilers and debuggers tell stages apart, and their
// priority.
#pragma once

namespace lumbung {

// Of the calling thread; of a longer name the first 15 bytes are kept.
void NameThread(const char* name);

// The calling thread gives way to those that commands wait for, where there are too few processors.
void LowerThreadPriority();

}  // namespace lumbung
