#include "engine/chain/hash.h"

#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

Hash PrefixedSha256(char prefix, const std::string& bytes) {
  return Sha256(std::string(1, prefix) + bytes);
}

TEST(Hash, KnownAnswers) {
  // FIPS 180-2, and RFC 6962's hash of an empty leaf.
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Hasher().Leaf("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

// The short and the long way give the same.
TEST(Hash, LeavesOfAllLengths) {
  Hasher hasher;
  for (std::size_t size : {0, 1, 54, 55, 63, 64, 200, 1023, 1024, 1025, 65'535}) {
    const std::string event(size, 'e');
    EXPECT_EQ(hasher.Leaf(event), PrefixedSha256('\x00', event)) << size;
  }
}

TEST(Hash, NodeIsPrefixedLeftThenRight) {
  Hasher hasher;
  const Hash left = hasher.Leaf("left");
  const Hash right = hasher.Leaf("right");
  EXPECT_EQ(hasher.Node(left, right),
            PrefixedSha256('\x01', std::string(AsView(left)) + std::string(AsView(right))));
  EXPECT_NE(hasher.Node(left, right), hasher.Node(right, left));
}

TEST(Hash, PiecesAreOneMessage) {
  Hasher hasher;
  hasher.Begin();
  hasher.Update("a");
  hasher.Update("");
  hasher.Update("bc");
  EXPECT_EQ(hasher.End(), Sha256("abc"));
}

// A message that was begun and left leaves nothing behind in the context.
TEST(Hash, BeginForgetsWhatWasBegun) {
  Hasher hasher;
  hasher.Begin();
  hasher.Update("left behind");
  EXPECT_EQ(hasher.Leaf("abc"), Hasher().Leaf("abc"));
}

}  // namespace
}  // namespace lumbung
