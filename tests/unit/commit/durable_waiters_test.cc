// Who waits until an event is durable is told once, and never before.
#include "engine/commit/durable_waiters.h"

#include <vector>

#include <gmock/gmock.h>

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class DurableWaitersTest : public testing::Test {
 protected:
  void Add(std::uint64_t sequence) {
    waiters_.Add(sequence, [this, sequence] { woken_.push_back(sequence); });
  }

  DurableWaiters waiters_{3};
  std::vector<std::uint64_t> woken_;
};

TEST_F(DurableWaitersTest, WhatIsDurableIsNotWaitedFor) {
  Add(3);
  EXPECT_THAT(woken_, ElementsAre(3));
}

TEST_F(DurableWaitersTest, EachIsToldOnceAndInTime) {
  for (const std::uint64_t sequence : {9U, 5U, 4U, 5U}) {
    Add(sequence);
  }
  EXPECT_THAT(woken_, ElementsAre());
  waiters_.Wake(5);
  EXPECT_THAT(woken_, ElementsAre(4, 5, 5));
  waiters_.Wake(8);
  EXPECT_THAT(woken_, ElementsAre(4, 5, 5));
}

TEST_F(DurableWaitersTest, AtTheEndAllAreTold) {
  Add(7);
  Add(1'000);
  waiters_.Close();
  Add(2'000);
  EXPECT_THAT(woken_, UnorderedElementsAre(7, 1'000, 2'000));
}

// As who follows a log does: each waits for the next within its own call.
TEST_F(DurableWaitersTest, MayWaitAgainWhileBeingTold) {
  waiters_.Add(4, [this] { Add(5); });
  waiters_.Wake(4);
  EXPECT_THAT(woken_, ElementsAre());
  waiters_.Wake(5);
  EXPECT_THAT(woken_, ElementsAre(5));
}

}  // namespace
}  // namespace lumbung
