#include "engine/store/derived_format.h"

#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

IdKey Key(std::uint8_t first, std::uint8_t rest) {
  IdKey key;
  key.fill(rest);
  key[0] = first;
  return key;
}

DerivedManifest SomeManifest() {
  DerivedManifest manifest;
  manifest.marker.sequence = 77;
  manifest.marker.hash.fill(0xab);
  manifest.next_piece = 9;
  manifest.seed = {1, 2, 3, 4};
  manifest.runs = {{{1, 10, Key(1, 0), Key(2, 0), 64}, {5, 20, Key(3, 0), Key(4, 0), 128}},
                   {{8, 1, Key(9, 9), Key(9, 9), 64}}};
  return manifest;
}

TEST(DerivedFormat, ManifestComesBackTheSame) {
  for (const DerivedManifest& manifest : {DerivedManifest(), SomeManifest()}) {
    const Result<DerivedManifest> parsed = ParseManifest(FormatManifest(manifest));
    ASSERT_TRUE(parsed.ok()) << parsed.status().message();
    EXPECT_EQ(*parsed, manifest);
  }
}

TEST(DerivedFormat, ManifestThatIsCutOrTooLongIsRefused) {
  const std::string bytes = FormatManifest(SomeManifest());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseManifest(bytes.substr(0, size)).status().kind(), Status::Kind::kCorruption)
        << size;
  }
  EXPECT_FALSE(ParseManifest(bytes + "x").ok());
  std::string other_version = bytes;
  other_version[0] = 2;
  EXPECT_FALSE(ParseManifest(other_version).ok());
}

TEST(DerivedFormat, ManifestThatClaimsHugeCountsIsRefused) {
  std::string bytes = FormatManifest(DerivedManifest());
  bytes.replace(bytes.size() - 4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(ParseManifest(bytes).status().kind(), Status::Kind::kCorruption);
  bytes += "\xff\xff\xff\xff";
  EXPECT_EQ(ParseManifest(bytes).status().kind(), Status::Kind::kCorruption);
}

TEST(DerivedFormat, KeysOfAPieceLieTogether) {
  const std::string page = PageKey(258, Key(7, 1));
  EXPECT_EQ(page, std::string("\0\0\1\2\1\7", 6) + std::string(23, '\1'));
  EXPECT_EQ(FilterKey(258), std::string("\0\0\1\2\2", 5));
  EXPECT_LT(PieceKey(258), page);
  EXPECT_LT(page, FilterKey(258));
  EXPECT_LT(FilterKey(258), PieceKey(259));
  EXPECT_EQ(PieceOfKey(page), 258U);
  EXPECT_TRUE(IsPageKey(page, 258));
  EXPECT_FALSE(IsPageKey(page, 259));
  EXPECT_FALSE(IsPageKey(FilterKey(258), 258));
}

TEST(DerivedFormat, PageFindsEachOfItsIdsAndNoOther) {
  for (const std::uint8_t count : std::initializer_list<std::uint8_t>{1, 2, 3, 63, 126}) {
    std::string bytes;
    for (std::uint8_t i = 0; i < count; ++i) {
      AppendToPage(bytes, {Key(static_cast<std::uint8_t>(2 * i + 1), 5), 1000U + i});
    }
    EXPECT_EQ(bytes.size(), count * kPageIdBytes);
    const Result<IdPage> page = IdPage::Parse(bytes);
    ASSERT_TRUE(page.ok());
    ASSERT_EQ(page->size(), count);
    for (std::uint8_t i = 0; i < count; ++i) {
      const IdKey key = Key(static_cast<std::uint8_t>(2 * i + 1), 5);
      EXPECT_EQ(page->at(i).key, key);
      EXPECT_EQ(page->Find(key), 1000U + i);
      EXPECT_EQ(page->Find(Key(static_cast<std::uint8_t>(2 * i), 5)), 0U);
      EXPECT_EQ(page->Find(Key(static_cast<std::uint8_t>(2 * i + 1), 6)), 0U);
    }
  }
}

TEST(DerivedFormat, WhatIsNoPageIsRefused) {
  EXPECT_FALSE(IdPage::Parse("").ok());
  EXPECT_FALSE(IdPage::Parse(std::string(33, 'x')).ok());
  EXPECT_EQ(IdPage().Find(Key(1, 1)), 0U);
}

}  // namespace
}  // namespace lumbung
