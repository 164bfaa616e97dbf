#include "engine/store/id_filter.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(IdFilter, HasEveryHashThatWasAddedAndFewOthers) {
  std::mt19937_64 random(1);
  constexpr std::uint64_t kIds = 200'000;
  for (const auto& [bits, most] : {std::pair(9U, 0.03), std::pair(12U, 0.012)}) {
    IdFilter filter(kIds, bits);
    std::vector<std::uint64_t> hashes(kIds);
    for (std::uint64_t& hash : hashes) {
      hash = random();
      filter.Add(hash);
    }
    for (const std::uint64_t hash : hashes) {
      ASSERT_TRUE(filter.MayContain(hash));
    }
    std::uint64_t wrong = 0;
    for (std::uint64_t i = 0; i < kIds; ++i) {
      wrong += filter.MayContain(random()) ? 1 : 0;
    }
    EXPECT_LT(static_cast<double>(wrong) / kIds, most) << bits;
    EXPECT_LE(filter.MemoryBytes(), kIds * bits / 8 + 64);
  }
}

TEST(IdFilter, OneIdHasAFilterOfOneBlock) {
  IdFilter filter(1, 9);
  EXPECT_FALSE(filter.MayContain(0));
  filter.Add(0);
  EXPECT_TRUE(filter.MayContain(0));
  EXPECT_FALSE(filter.MayContain(~std::uint64_t{0}));
  EXPECT_EQ(filter.MemoryBytes(), 64U);
}

TEST(IdFilter, BytesComeBackTheSame) {
  std::mt19937_64 random(2);
  IdFilter filter(1000, 9);
  for (int i = 0; i < 1000; ++i) {
    filter.Add(random());
  }
  const std::string bytes = filter.Format();
  const Result<IdFilter> parsed = IdFilter::Parse(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status().message();
  EXPECT_EQ(parsed->Format(), bytes);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t hash = random();
    ASSERT_EQ(parsed->MayContain(hash), filter.MayContain(hash));
  }
}

// The grammar in the header: probe i of hash h is bit (h * K >> (55 - 9i)) mod 512 of its block.
TEST(IdFilter, BitsAreWhereTheFormatSays) {
  IdFilter filter(100, 9);
  const std::uint64_t hash = 0x0123456789abcdef;
  filter.Add(hash);
  const std::string bytes = filter.Format();
  const std::size_t blocks = (bytes.size() - 1) / 64;
  ASSERT_EQ(blocks, 2U);
  std::string expected(bytes.size(), '\0');
  expected[0] = 5;
  const std::size_t block = 0;  // the hash is in the lower half
  const std::uint64_t multiplied = hash * 0x9e3779b97f4a7c15U;
  for (unsigned probe = 0; probe < 5; ++probe) {
    const std::uint64_t bit = (multiplied >> (55 - 9 * probe)) % 512;
    char& byte = expected[1 + block * 64 + bit / 8];
    byte = static_cast<char>(byte | (1 << (bit % 8)));
  }
  EXPECT_EQ(bytes, expected);
}

TEST(IdFilter, RefusesWhatIsNoFilter) {
  const std::string block(64, '\0');
  for (const std::string& bytes :
       {std::string(), std::string(1, '\5'), '\0' + block, '\10' + block, '\5' + block + "x"}) {
    EXPECT_EQ(IdFilter::Parse(bytes).status().kind(), Status::Kind::kCorruption) << bytes.size();
  }
}

}  // namespace
}  // namespace lumbung
