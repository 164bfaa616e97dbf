#include "engine/base/uuid.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(ParseUuid, TakesTheCanonicalFormOnly) {
  const std::string good = "018f3a5c-7d00-7000-8000-0000000000ab";
  ASSERT_TRUE(ParseUuid(good).has_value());
  EXPECT_EQ(FormatUuid(*ParseUuid(good)), good);
  for (const std::string bad : {
           "",
           "018f3a5c-7d00-7000-8000-0000000000a",
           "018f3a5c-7d00-7000-8000-0000000000abc",
           "018F3A5C-7d00-7000-8000-0000000000ab",
           "018f3a5c7d0070008000-0000000000ab0000",
           "{018f3a5c-7d00-7000-8000-0000000000}",
           "018f3a5c-7d00-7000-8000-0000000000ag",
           "018f3a5c-7d00-7000-8000_0000000000ab",
           "00000000-0000-0000-0000-000000000000",
           "018f3a5c-7d00-0000-8000-0000000000ab",
           "018f3a5c-7d00-9000-8000-0000000000ab",
           "018f3a5c-7d00-f000-8000-0000000000ab",
           "018f3a5c-7d00-7000-7000-0000000000ab",
           "018f3a5c-7d00-7000-c000-0000000000ab",
       }) {
    EXPECT_FALSE(ParseUuid(bad).has_value()) << bad;
  }
}

TEST(ParseUuid, TakesVersions1To8) {
  for (char version = '1'; version <= '8'; ++version) {
    std::string text = "018f3a5c-7d00-0000-8000-0000000000ab";
    text[14] = version;
    EXPECT_TRUE(ParseUuid(text).has_value()) << text;
  }
}

// RFC 9562, appendix A.4: www.example.com in the name space of DNS.
TEST(UuidV5, KnownAnswer) {
  const Uuid dns = *ParseUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(FormatUuid(UuidV5(dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_NE(UuidV5(dns, "www.example.com"), UuidV5(dns, "www.example.org"));
}

// RFC 9562, appendix A.6.
TEST(UuidV7, KnownAnswer) {
  EXPECT_EQ(FormatUuid(UuidV7(0x017F22E279B0, 0xCC3, 0x18C4DC0C0C07398F)),
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(UuidV7, OrdersByTime) {
  EXPECT_LT(UuidV7(1, ~0ULL, ~0ULL), UuidV7(2, 0, 0));
  EXPECT_LT(FormatUuid(UuidV7(255, 0, 0)), FormatUuid(UuidV7(256, 0, 0)));
}

// RFC 9562, appendix A.3.
TEST(UuidV4, KnownAnswer) {
  EXPECT_EQ(FormatUuid(UuidV4(0x919108F752D1F320, 0x5BACF847DB4148A8)),
            "919108f7-52d1-4320-9bac-f847db4148a8");
}

TEST(Uuid, WhatIsMadeIsReadBack) {
  for (const Uuid& uuid : {UuidV4(~0ULL, ~0ULL), UuidV4(0, 0), UuidV7(~0ULL, ~0ULL, ~0ULL)}) {
    EXPECT_EQ(ParseUuid(FormatUuid(uuid)), uuid);
  }
}

}  // namespace
}  // namespace lumbung
