#include "engine/serve/nearest_name.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(NearestName, TakesTheFewestChanges) {
  constexpr std::array<std::string_view, 4> kKnown{"cooperatives", "kinds", "channels", "facts"};
  EXPECT_EQ(NearestName("cooperative", kKnown), "cooperatives");
  EXPECT_EQ(NearestName("kind", kKnown), "kinds");
  EXPECT_EQ(NearestName("chanels", kKnown), "channels");
  EXPECT_EQ(NearestName("fcats", kKnown), "facts");
  EXPECT_EQ(NearestName("kinds", kKnown), "kinds");
  EXPECT_EQ(NearestName("", kKnown), "kinds") << "the shortest, and the first of several";
  EXPECT_EQ(NearestName(std::string(100'000, 'x'), kKnown), "cooperatives");
  EXPECT_EQ(NearestName("kinds", {}), "");
}

TEST(NearestName, WhatIsShownIsOneShortLine) {
  EXPECT_EQ(Shown("plain"), "plain");
  EXPECT_EQ(Shown("a\nb\x1B[31m\x7F"), "a?b?[31m?");
  EXPECT_EQ(Shown(std::string(64, 'x')), std::string(64, 'x'));
  EXPECT_EQ(Shown(std::string(65, 'x')), std::string(64, 'x') + "...");
  EXPECT_EQ(Shown(std::string(63, 'x') + "\xC3\xA9"), std::string(63, 'x') + "...");
  EXPECT_EQ(Shown(std::string(62, 'x') + "\xE2\x82\xAC"), std::string(62, 'x') + "...");
}

}  // namespace
}  // namespace lumbung
