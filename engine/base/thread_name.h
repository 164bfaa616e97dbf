// Names of threads, by which `top -H`, profilers and debuggers tell stages apart.
#pragma once

namespace lumbung {

// Of the calling thread; of a longer name the first 15 bytes are kept.
void NameThread(const char* name);

}  // namespace lumbung
