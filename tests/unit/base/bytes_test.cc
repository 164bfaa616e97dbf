#include "engine/base/bytes.h"

#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(BigEndian, MostSignificantByteFirst) {
  std::string out;
  AppendBigEndian<std::uint16_t>(out, 0x0102);
  AppendBigEndian<std::uint32_t>(out, 0x03040506);
  AppendBigEndian<std::uint64_t>(out, 0x0708090A0B0C0D0E);
  EXPECT_EQ(ToHex(out), "0102030405060708090a0b0c0d0e");
  EXPECT_EQ(LoadBigEndian<std::uint16_t>(out.data()), 0x0102);
  EXPECT_EQ(LoadBigEndian<std::uint32_t>(out.data() + 2), 0x03040506u);
  EXPECT_EQ(LoadBigEndian<std::uint64_t>(out.data() + 6), 0x0708090A0B0C0D0Eu);
}

TEST(BigEndian, StoreWritesWhatAppendDoes) {
  std::string appended;
  AppendBigEndian<std::uint64_t>(appended, 0xFF00000000000001);
  std::uint8_t stored[8];
  StoreBigEndian<std::uint64_t>(stored, 0xFF00000000000001);
  EXPECT_EQ(appended, std::string(reinterpret_cast<const char*>(stored), 8));
  EXPECT_EQ(LoadBigEndian<std::uint64_t>(stored), 0xFF00000000000001u);
}

TEST(Hash, ViewAndBack) {
  Hash hash{};
  hash[0] = 0xAB;
  hash[31] = 0x01;
  EXPECT_EQ(AsHash(AsView(hash)), hash);
  EXPECT_EQ(ToHex(hash), "ab" + std::string(60, '0') + "01");
}

// RFC 4648 section 10.
TEST(Base64, KnownAnswers) {
  const std::pair<std::string, std::string> answers[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : answers) {
    EXPECT_EQ(ToBase64(bytes), text);
    std::string back;
    EXPECT_TRUE(FromBase64(text, back)) << text;
    EXPECT_EQ(back, bytes);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<char>(i));
    std::string back;
    ASSERT_TRUE(FromBase64(ToBase64(all), back)) << i;
    ASSERT_EQ(back, all);
  }
}

TEST(Base64, OnlyTheCanonicalFormIsRead) {
  for (const std::string text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v ", " Zm9v", "Zm-v",
                                 "Zm_v", "====", "Z===", "Zg==Zg==", "Zm\n9v", "Zm9vA"}) {
    std::string bytes;
    EXPECT_FALSE(FromBase64(text, bytes)) << text;
  }
}

}  // namespace
}  // namespace lumbung
