// How many lines about a principal the log takes, and that it says how many it left out.
#include "engine/serve/log_limit.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr std::uint64_t kLines = LogLimit::kLines;

class LogLimitTest : public testing::Test {
 protected:
  // How many of so many lines may be logged; notes what was left out before.
  std::uint64_t Allowed(std::uint64_t lines, const std::string& message,
                        const std::string& principal) {
    std::uint64_t allowed = 0;
    for (std::uint64_t i = 0; i < lines; ++i) {
      std::vector<LogLimit::LeftOut> left_out;
      allowed += limit_.Allow(message, principal, now_, left_out) ? 1 : 0;
      Note(left_out);
    }
    return allowed;
  }
  void Note(const std::vector<LogLimit::LeftOut>& all) {
    for (const auto& left_out : all) {
      left_out_.push_back(left_out.message + " " + left_out.principal + " " +
                          std::to_string(left_out.lines));
    }
  }

  LogLimit limit_;
  LogLimit::Time now_{std::chrono::hours(1)};
  std::vector<std::string> left_out_;
};

TEST_F(LogLimitTest, ALittleIsLoggedWhole) {
  EXPECT_EQ(Allowed(kLines, "denied", "till"), kLines);
  now_ += LogLimit::kWindow;
  EXPECT_EQ(Allowed(kLines, "denied", "till"), kLines);
  EXPECT_THAT(left_out_, testing::IsEmpty());
}

TEST_F(LogLimitTest, MuchOfOneLeavesRoomForOthersAndIsCounted) {
  EXPECT_EQ(Allowed(1'000, "denied", "till"), kLines);
  EXPECT_EQ(Allowed(5, "request", "till"), 5U) << "another kind of line";
  EXPECT_EQ(Allowed(5, "denied", "office"), 5U);
  EXPECT_THAT(left_out_, testing::IsEmpty()) << "not yet";
  now_ += LogLimit::kWindow - std::chrono::milliseconds(1);
  EXPECT_EQ(Allowed(1, "denied", "till"), 0U);
  now_ += std::chrono::milliseconds(1);
  // Whoever comes first has it said.
  EXPECT_EQ(Allowed(1, "denied", "office"), 1U);
  EXPECT_THAT(left_out_, testing::ElementsAre("denied till " + std::to_string(1'001 - kLines)));
  EXPECT_EQ(Allowed(1, "denied", "till"), 1U) << "it may again";
}

TEST_F(LogLimitTest, WhatWasLeftOutIsSaidAtTheEnd) {
  Allowed(kLines + 3, "denied", "");
  Note(limit_.Take());
  Note(limit_.Take());
  EXPECT_THAT(left_out_, testing::ElementsAre("denied  3"));
}

}  // namespace
}  // namespace lumbung
