// How much may wait, and whose turn it is: counted, without clocks.
#include "engine/serve/admission.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::ElementsAre;

constexpr AdmissionLimits kNarrow{
    .max_commands = 100, .max_commands_a_principal = 60, .max_bytes = 1'000, .window = 10};

// Notes what is started, and ends it on order.
class AdmissionTest : public testing::Test {
 protected:
  explicit AdmissionTest(const AdmissionLimits& limits = kNarrow) : admission_(limits) {}

  bool Enter(const std::string& principal, std::size_t commands, std::size_t bytes = 0) {
    const std::string name = principal + std::to_string(++entered_);
    return admission_.Enter(principal, commands, bytes, [this, name] { started_.push_back(name); });
  }

  Admission admission_;
  int entered_ = 0;
  std::vector<std::string> started_;
};

TEST_F(AdmissionTest, StartsAtOnceWhatTheWindowTakes) {
  EXPECT_TRUE(Enter("a", 6));
  EXPECT_TRUE(Enter("b", 4));
  EXPECT_TRUE(Enter("c", 1));
  EXPECT_THAT(started_, ElementsAre("a1", "b2"));
  EXPECT_EQ(admission_.commands(), 11U);
  admission_.End("a", 6, 0);
  EXPECT_THAT(started_, ElementsAre("a1", "b2", "c3"));
  admission_.End("b", 4, 0);
  admission_.End("c", 1, 0);
  EXPECT_EQ(admission_.commands(), 0U);
}

TEST_F(AdmissionTest, WhatIsGreaterThanTheWindowStartsAlone) {
  EXPECT_TRUE(Enter("a", 50));
  EXPECT_TRUE(Enter("b", 1));
  EXPECT_TRUE(Enter("c", 49));
  EXPECT_THAT(started_, ElementsAre("a1"));
  admission_.End("a", 50, 0);
  EXPECT_THAT(started_, ElementsAre("a1", "b2"));
  admission_.End("b", 1, 0);
  EXPECT_THAT(started_, ElementsAre("a1", "b2", "c3"));
}

TEST_F(AdmissionTest, IsBoundedByCount) {
  EXPECT_TRUE(Enter("a", 50));
  EXPECT_TRUE(Enter("b", 50));
  EXPECT_FALSE(Enter("c", 1));
  EXPECT_EQ(admission_.commands(), 100U);
  admission_.End("a", 50, 0);
  EXPECT_TRUE(Enter("c", 50));
  EXPECT_FALSE(Enter("d", 1));
}

TEST_F(AdmissionTest, IsBoundedForEachPrincipal) {
  EXPECT_TRUE(Enter("a", 5));
  EXPECT_TRUE(Enter("a", 55));
  EXPECT_FALSE(Enter("a", 1));
  EXPECT_TRUE(Enter("b", 40));
  admission_.End("a", 5, 0);
  EXPECT_TRUE(Enter("a", 5));
  EXPECT_FALSE(Enter("a", 1));
}

TEST_F(AdmissionTest, IsBoundedByBytes) {
  EXPECT_TRUE(Enter("a", 1, 600));
  EXPECT_FALSE(Enter("b", 1, 401));
  EXPECT_TRUE(Enter("b", 1, 400));
  EXPECT_FALSE(Enter("c", 1, 1));
  EXPECT_TRUE(Enter("c", 1, 0));
  EXPECT_EQ(admission_.bytes(), 1'000U);
  admission_.End("a", 1, 600);
  EXPECT_EQ(admission_.bytes(), 400U);
  EXPECT_TRUE(Enter("c", 1, 600));
}

// What is refused leaves nothing behind: the next one of the same principal starts as ever.
TEST_F(AdmissionTest, WhatIsRefusedIsNotKept) {
  EXPECT_FALSE(Enter("a", 61));
  EXPECT_FALSE(Enter("a", 1, 1'001));
  EXPECT_EQ(admission_.commands(), 0U);
  EXPECT_EQ(admission_.bytes(), 0U);
  admission_.WaitUntilEmpty();
  EXPECT_TRUE(Enter("a", 1));
  EXPECT_THAT(started_, ElementsAre("a3"));
}

TEST_F(AdmissionTest, PrincipalsTakeTurns) {
  EXPECT_TRUE(Enter("a", 10));
  for (const char* principal : {"a", "a", "a", "b", "c", "b"}) {
    EXPECT_TRUE(Enter(principal, 10));
  }
  for (std::size_t i = 1; i < 7; ++i) {
    ASSERT_EQ(started_.size(), i);
    admission_.End(started_.back().substr(0, 1), 10, 0);
  }
  EXPECT_THAT(started_, ElementsAre("a1", "a2", "b5", "c6", "a3", "b7", "a4"));
}

TEST_F(AdmissionTest, AfterCloseNothingIsTakenUpAndWhatWasIsStarted) {
  EXPECT_TRUE(Enter("a", 10));
  EXPECT_TRUE(Enter("a", 10));
  admission_.Close();
  EXPECT_FALSE(Enter("a", 1));
  EXPECT_FALSE(Enter("b", 1));
  EXPECT_THAT(started_, ElementsAre("a1"));
  admission_.End("a", 10, 0);
  EXPECT_THAT(started_, ElementsAre("a1", "a2"));
}

class FloodTest : public AdmissionTest {
 protected:
  FloodTest()
      : AdmissionTest({.max_commands = 100'000,
                       .max_commands_a_principal = 50'000,
                       .max_bytes = 1'000,
                       .window = 64}) {}
};

// Who floods waits behind itself: another one's command is the next to start.
TEST_F(FloodTest, AFloodDelaysAnotherByNoMoreThanItsTurn) {
  constexpr std::size_t kEach = 8;
  int flooding = 0;
  while (Enter("f", kEach)) {
    ++flooding;
  }
  EXPECT_EQ(flooding, 6'250) << "bounded for itself";
  ASSERT_EQ(started_.size(), 8U) << "as many as the window takes";
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(Enter("s", kEach)) << "the flood has not used up what is for others";
    const std::size_t before = started_.size();
    admission_.End("f", kEach, 0);
    admission_.End("f", kEach, 0);
    ASSERT_EQ(started_.size(), before + 2);
    EXPECT_EQ(std::count_if(started_.end() - 2, started_.end(),
                            [](const std::string& name) { return name[0] == 's'; }),
              1);
    admission_.End("s", kEach, 0);
    ASSERT_EQ(started_.size(), before + 3);
  }
}

// Many at once: the window and the bounds hold at every moment, and all that was taken up ends.
TEST(Admission, HoldsItsBoundsWithManyThreads) {
  constexpr AdmissionLimits kLimits{
      .max_commands = 200, .max_commands_a_principal = 100, .max_bytes = 4'000, .window = 20};
  Admission admission(kLimits);
  std::atomic<std::size_t> running = 0;
  std::atomic<std::size_t> most = 0;
  std::atomic<std::size_t> ended = 0;
  std::atomic<std::size_t> taken_up = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, principal = std::string(1, static_cast<char>('a' + thread % 3))] {
      for (int i = 0; i < 5'000; ++i) {
        const auto commands = static_cast<std::size_t>(1 + i % 5);
        auto started = std::make_shared<std::promise<void>>();
        auto starts = started->get_future();
        if (!admission.Enter(principal, commands, 20, [&, commands, started] {
              const std::size_t now = running += commands;
              std::size_t seen = most;
              while (seen < now && !most.compare_exchange_weak(seen, now)) {
              }
              started->set_value();
            })) {
          continue;
        }
        ++taken_up;
        starts.wait();
        running -= commands;
        admission.End(principal, commands, 20);
        ++ended;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  admission.WaitUntilEmpty();
  EXPECT_EQ(ended, taken_up);
  EXPECT_GT(ended, 0U);
  EXPECT_LE(most, kLimits.window);
  EXPECT_EQ(admission.commands(), 0U);
  EXPECT_EQ(admission.bytes(), 0U);
}

// Of one stream nothing overtakes: while one piece is being started, the next one waits, although
// another thread is there for it.
TEST(Admission, StartsAStreamsWorkOneByOneInItsOrder) {
  Admission admission(kNarrow);
  const int stream = 0;
  std::promise<void> starting;
  std::promise<void> go_on;
  std::vector<int> started;
  std::thread first([&] {
    admission.Enter(
        "a", 1, 0,
        [&] {
          starting.set_value();
          go_on.get_future().wait();
          started.push_back(1);
        },
        &stream);
  });
  starting.get_future().wait();
  EXPECT_TRUE(admission.Enter(
      "a", 1, 0, [&] { started.push_back(2); }, &stream));
  EXPECT_THAT(started, ElementsAre()) << "the first is not done with being started";
  bool other = false;
  EXPECT_TRUE(admission.Enter("b", 1, 0, [&] { other = true; }));
  EXPECT_TRUE(other) << "nobody else waits for it";
  EXPECT_TRUE(admission.Enter(
      "a", 1, 0, [&] { started.push_back(3); }, &stream));
  go_on.set_value();
  first.join();
  EXPECT_THAT(started, ElementsAre(1, 2, 3));
}

TEST(Admission, WaitsUntilItIsEmpty) {
  Admission admission(kNarrow);
  std::promise<void> started;
  ASSERT_TRUE(admission.Enter("a", 1, 1, [&] { started.set_value(); }));
  started.get_future().wait();
  auto waiting = std::async(std::launch::async, [&] { admission.WaitUntilEmpty(); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  admission.End("a", 1, 1);
  waiting.get();
}

}  // namespace
}  // namespace lumbung
