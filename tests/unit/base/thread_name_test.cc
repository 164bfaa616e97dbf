// What a tool that looks at the threads of a process sees.
#include "engine/base/thread_name.h"

#include <array>
#include <pthread.h>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace lumbung {
namespace {

std::string NameOfThis() {
  std::array<char, 64> name{};
  EXPECT_EQ(pthread_getname_np(pthread_self(), name.data(), name.size()), 0);
  return name.data();
}

TEST(ThreadName, IsThatThreadsAlone) {
  const std::string before = NameOfThis();
  std::thread([] {
    NameThread("decider");
    EXPECT_EQ(NameOfThis(), "decider");
    NameThread("a name that is too long");
    EXPECT_EQ(NameOfThis(), "a name that is ");
  }).join();
  EXPECT_EQ(NameOfThis(), before);
}

TEST(ThreadPriority, IsLoweredForThatThreadAlone) {
  const int before = getpriority(PRIO_PROCESS, 0);
  int lowered = 0;
  std::thread([&] {
    LowerThreadPriority();
    lowered = getpriority(PRIO_PROCESS, 0);
  }).join();
  EXPECT_GT(lowered, before);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before);
}

}  // namespace
}  // namespace lumbung
