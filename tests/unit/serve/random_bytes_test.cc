// Files that are damaged, or no files of ours: never a crash, always a message with the file's
// name.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/serve/config.h"
#include "engine/serve/policy.h"

namespace lumbung {
namespace {

constexpr std::string_view kPolicy =
    "[[principal]]\nid = \"a\"\nnames = [\"a.example\"]\ntoken_sha256 = "
    "[\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"]\n"
    "[[principal.grant]]\nrole = \"poster\"\ncooperatives = [1, \"5-9\"]\nmax_amount = 5\n"
    "[principal.quota]\nnew_accounts = 1\n";

// Reads it as both; how many of them could be read.
int Read(const std::string& text) {
  const auto policy = Policy::Parse(text, "file.toml");
  const auto config = ParseConfig(text, "file.toml");
  for (const Status& status : {policy.status(), config.status()}) {
    if (!status.ok()) {
      EXPECT_TRUE(status.message().starts_with("file.toml:")) << status.message();
    }
  }
  return (policy.ok() ? 1 : 0) + (config.ok() ? 1 : 0);
}

TEST(RandomBytes, AreNoFileOfOurs) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    std::string text(1 + random() % 200, '\0');
    for (char& c : text) {
      c = static_cast<char>(random());
    }
    Read("x" + text);
  }
}

TEST(RandomBytes, InAGoodFile) {
  std::mt19937_64 random(8);
  const std::string letters = "[]{}=\"'#.,\n \\-_0123456789abcdefxyz\xFF\x01";
  int good = 0;
  for (const std::string& original : {std::string(kPolicy), ExampleConfig()}) {
    ASSERT_EQ(Read(original), 1);
    for (int i = 0; i < 3'000; ++i) {
      std::string text = original;
      for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
        const std::size_t at = random() % text.size();
        switch (random() % 3) {
          case 0:
            text[at] = letters[random() % letters.size()];
            break;
          case 1:
            text.insert(at, 1, letters[random() % letters.size()]);
            break;
          default:
            text.erase(at, 1 + random() % 5);
        }
      }
      good += Read(text);
    }
  }
  EXPECT_GT(good, 100) << "some changes do no harm";
  EXPECT_LT(good, 5'900) << "most do";
}

TEST(RandomBytes, WhatIsDeepOrLongIsRefused) {
  EXPECT_EQ(Read("a = " + std::string(100'000, '[')), 0);
  EXPECT_EQ(Read("a = " + std::string(100'000, '{')), 0);
  EXPECT_EQ(Read(std::string(100'000, '[')), 0);
  std::string dotted = "a";
  for (int i = 0; i < 5'000; ++i) {
    dotted += ".a";
  }
  EXPECT_EQ(Read(dotted + " = 1\n"), 0);
  EXPECT_EQ(Read("# " + std::string(std::size_t{33} << 20, 'x')), 0);
}

}  // namespace
}  // namespace lumbung
