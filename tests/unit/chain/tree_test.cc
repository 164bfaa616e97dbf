#include "engine/chain/tree.h"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

// RFC 6962 section 2.1, as it is written there.
Hash ReferenceRoot(std::span<const Hash> leaves) {
  if (leaves.empty()) {
    return Sha256("");
  }
  if (leaves.size() == 1) {
    return leaves[0];
  }
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  return Hasher().Node(ReferenceRoot(leaves.first(split)), ReferenceRoot(leaves.subspan(split)));
}

std::vector<Hash> Leaves(std::size_t count) {
  Hasher hasher;
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(hasher.Leaf(std::to_string(i)));
  }
  return leaves;
}

std::string Concatenate(std::span<const Hash> hashes) {
  std::string bytes;
  for (const Hash& hash : hashes) {
    bytes.append(AsView(hash));
  }
  return bytes;
}

// Test vectors of the Certificate Transparency project for RFC 6962.
TEST(Tree, KnownRoots) {
  const std::array<std::string, 8> entries = {
      std::string(),
      std::string(1, '\x00'),
      "\x10",
      "\x20\x21",
      "\x30\x31",
      "\x40\x41\x42\x43",
      "\x50\x51\x52\x53\x54\x55\x56\x57",
      "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
  };
  const std::array<const char*, 8> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  };
  Hasher hasher;
  TreeBuilder tree;
  std::vector<Tile> full;
  EXPECT_EQ(ToHex(tree.Root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    tree.Append(hasher.Leaf(entries[i]), full);
    EXPECT_EQ(ToHex(tree.Root()), roots[i]) << i + 1 << " leaves";
  }
}

TEST(Tree, EverySizeAsTheRfcHasIt) {
  const std::vector<Hash> leaves = Leaves(600);
  TreeBuilder tree;
  std::vector<Tile> full;
  for (std::size_t size = 0;; ++size) {
    ASSERT_EQ(tree.size(), size);
    ASSERT_EQ(tree.Root(), ReferenceRoot(std::span(leaves).first(size))) << size;
    if (size == leaves.size()) {
      break;
    }
    tree.Append(leaves[size], full);
  }
  EXPECT_TRUE(full.empty());
}

TEST(Tree, LevelOneTilesHoldTheRootsOf256Leaves) {
  const std::size_t tile_leaves = kTileWidth * kTileWidth;
  const std::vector<Hash> leaves = Leaves(2 * tile_leaves + 5);
  TreeBuilder tree;
  std::vector<Tile> full;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    tree.Append(leaves[i], full);
    ASSERT_EQ(full.size(), (i + 1) / tile_leaves);
  }
  Hasher hasher;
  for (std::size_t index = 0; index < full.size(); ++index) {
    const Tile& tile = full[index];
    EXPECT_EQ(tile.level, 1);
    EXPECT_EQ(tile.index, index);
    std::vector<Hash> expected;
    for (std::size_t i = 0; i < kTileWidth; ++i) {
      const std::size_t first = index * tile_leaves + i * kTileWidth;
      expected.push_back(ReferenceRoot(std::span(leaves).subspan(first, kTileWidth)));
    }
    EXPECT_EQ(tile.hashes, Concatenate(expected));
    EXPECT_EQ(TileRoot(hasher, tile.hashes),
              ReferenceRoot(std::span(leaves).subspan(index * tile_leaves, tile_leaves)));
  }
}

// A tree that is continued from roots of its parts is the tree that grew leaf by leaf.
TEST(Tree, ContinuesFromSubtrees) {
  const std::vector<Hash> leaves = Leaves(kTileWidth * kTileWidth + 3 * kTileWidth + 7);
  TreeBuilder grown;
  TreeBuilder continued;
  std::vector<Tile> of_grown;
  std::vector<Tile> of_continued;
  for (const Hash& leaf : leaves) {
    grown.Append(leaf, of_grown);
  }
  continued.AppendSubtree(2, ReferenceRoot(std::span(leaves).first(kTileWidth * kTileWidth)));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t first = kTileWidth * kTileWidth + i * kTileWidth;
    continued.AppendSubtree(1, ReferenceRoot(std::span(leaves).subspan(first, kTileWidth)));
  }
  for (std::size_t i = continued.size(); i < leaves.size(); ++i) {
    continued.Append(leaves[i], of_continued);
  }
  EXPECT_EQ(continued.size(), grown.size());
  EXPECT_EQ(continued.Root(), grown.Root());

  // And its next tile is the same, too.
  of_grown.clear();
  for (std::size_t i = leaves.size(); i < 2 * kTileWidth * kTileWidth; ++i) {
    const Hash leaf = Hasher().Leaf(std::to_string(i));
    grown.Append(leaf, of_grown);
    continued.Append(leaf, of_continued);
  }
  ASSERT_EQ(of_grown.size(), 1U);
  ASSERT_EQ(of_continued.size(), 1U);
  EXPECT_EQ(of_continued[0].index, of_grown[0].index);
  EXPECT_EQ(of_continued[0].hashes, of_grown[0].hashes);
}

// The leaf that fills a tile of level 3 fills those of level 2 and 1, too: lowest first.
TEST(Tree, OneLeafFillsTilesOfSeveralLevels) {
  Hasher hasher;
  const Hash root = hasher.Leaf("any");
  TreeBuilder tree;
  for (std::uint8_t level = 3; level >= 1; --level) {
    for (std::size_t i = 0; i + 1 < kTileWidth; ++i) {
      tree.AppendSubtree(level, root);
    }
  }
  std::vector<Tile> full;
  for (std::size_t i = 0; i < kTileWidth; ++i) {
    ASSERT_TRUE(full.empty());
    tree.Append(root, full);
  }
  EXPECT_EQ(tree.size(), std::uint64_t{1} << 32);
  ASSERT_EQ(full.size(), 3U);
  for (std::size_t i = 0; i < full.size(); ++i) {
    EXPECT_EQ(full[i].level, i + 1);
    EXPECT_EQ(full[i].index, (std::uint64_t{1} << (32 - 8 * (i + 2))) - 1);
    EXPECT_EQ(full[i].hashes.size(), kTileBytes);
  }
  EXPECT_EQ(full[2].hashes.substr(kTileBytes - sizeof(Hash)),
            AsView(TileRoot(hasher, full[1].hashes)));
}

}  // namespace
}  // namespace lumbung
