#include "engine/serve/quota.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;

class QuotaTest : public testing::Test {
 protected:
  ManualClock clock_;  // noon
  QuotaCounter counter_{clock_};
  const Principal tills_{"tills", {}, {.recorded_refusals = 10, .new_accounts = 3}};
  const Principal import_{"import", {}, {.recorded_refusals = 0, .new_accounts = 3}};
};

TEST_F(QuotaTest, StopsWhenEitherIsUsedUp) {
  EXPECT_TRUE(counter_.MaySubmit(tills_));
  counter_.Note(tills_, 9, 2);
  EXPECT_TRUE(counter_.MaySubmit(tills_));
  counter_.Note(tills_, 1, 0);
  EXPECT_FALSE(counter_.MaySubmit(tills_));
  EXPECT_TRUE(counter_.MaySubmit(import_)) << "each has its own";
  counter_.Note(import_, 1'000'000, 0);
  EXPECT_TRUE(counter_.MaySubmit(import_)) << "no quota of refusals";
  counter_.Note(import_, 0, 4);
  EXPECT_FALSE(counter_.MaySubmit(import_));
  EXPECT_EQ(counter_.Used(import_).new_accounts, 4);
}

TEST_F(QuotaTest, BeginsAnewAtMidnightUtc) {
  counter_.Note(tills_, 10, 0);
  clock_.Jump(kDay / 2 - 1);
  EXPECT_FALSE(counter_.MaySubmit(tills_));
  clock_.Jump(1);
  EXPECT_TRUE(counter_.MaySubmit(tills_));
  EXPECT_EQ(counter_.Used(tills_).recorded_refusals, 0);
  counter_.Note(tills_, 10, 0);
  EXPECT_FALSE(counter_.MaySubmit(tills_));
}

TEST_F(QuotaTest, AClockThatIsPutRightDoesNotLockOut) {
  clock_.Jump(1'000 * kDay);
  counter_.Note(tills_, 10, 0);
  clock_.Jump(-1'000 * kDay);
  EXPECT_TRUE(counter_.MaySubmit(tills_));
}

TEST_F(QuotaTest, CountsOfManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 1'000; ++j) {
        counter_.Note(import_, 1, 2);
        (void)counter_.MaySubmit(tills_);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(counter_.Used(import_).recorded_refusals, 4'000);
  EXPECT_EQ(counter_.Used(import_).new_accounts, 8'000);
}

}  // namespace
}  // namespace lumbung
