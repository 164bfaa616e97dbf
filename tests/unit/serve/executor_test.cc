// A few threads that run what others leave to them.
#include "engine/serve/executor.h"

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(Executor, RunsInOrderAndWhatWaitsBeforeItEnds) {
  std::vector<int> ran;
  {
    Executor executor(1);
    for (int i = 0; i < 100; ++i) {
      executor.Post([&ran, i] { ran.push_back(i); });
    }
  }
  ASSERT_EQ(ran.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
  }
}

// The work may be what its owner waits for before letting the executor go, while the thread that
// left it is not back from Post. A race that the thread sanitizer sees.
TEST(Executor, MayGoAsSoonAsTheWorkIsDone) {
  for (int round = 0; round < 200; ++round) {
    auto executor = std::make_unique<Executor>(2);
    std::promise<void> done;
    std::thread poster([&, at = executor.get()] { at->Post([&] { done.set_value(); }); });
    done.get_future().wait();
    executor.reset();
    poster.join();
  }
}

}  // namespace
}  // namespace lumbung
