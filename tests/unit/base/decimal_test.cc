#include "engine/base/decimal.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(DecimalTest, ReadsWhatFitsTheDecimals) {
  EXPECT_EQ(ParseDecimal("12.5", 3), 12'500);
  EXPECT_EQ(ParseDecimal("-12.500", 3), -12'500);
  EXPECT_EQ(ParseDecimal("0", 0), 0);
  EXPECT_EQ(ParseDecimal("-0.0", 2), 0);
  EXPECT_EQ(ParseDecimal("007", 0), 7);
}

TEST(DecimalTest, ReadsUpToBothEndsOf64Bits) {
  EXPECT_EQ(ParseDecimal("9223372036854775807", 0), INT64_MAX);
  EXPECT_EQ(ParseDecimal("-92233720368547758.08", 2), INT64_MIN);
  EXPECT_EQ(ParseDecimal("9223372036854775808", 0), std::nullopt);
  EXPECT_EQ(ParseDecimal("-9223372036854775809", 0), std::nullopt);
  EXPECT_EQ(ParseDecimal("92233720368547758.08", 2), std::nullopt);
  EXPECT_EQ(ParseDecimal("9223372036854775807", 1), std::nullopt);
}

TEST(DecimalTest, RefusesWhatIsNoDecimal) {
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1e3", "1,5", "0x1", "--1",
                           "1.-5", "1.2.3", "\xC2\xBD"}) {
    EXPECT_EQ(ParseDecimal(text, 4), std::nullopt) << text;
  }
  EXPECT_EQ(ParseDecimal("1.23", 1), std::nullopt);
  EXPECT_EQ(ParseDecimal("1.20", 1), std::nullopt);
}

TEST(DecimalTest, WritesAllDecimals) {
  EXPECT_EQ(FormatDecimal(-12'500, 3), "-12.500");
  EXPECT_EQ(FormatDecimal(5, 2), "0.05");
  EXPECT_EQ(FormatDecimal(-5, 2), "-0.05");
  EXPECT_EQ(FormatDecimal(0, 2), "0.00");
  EXPECT_EQ(FormatDecimal(0, 0), "0");
  EXPECT_EQ(FormatDecimal(7, 0), "7");
  EXPECT_EQ(FormatDecimal(INT64_MIN, 0), "-9223372036854775808");
  EXPECT_EQ(FormatDecimal(INT64_MIN, 9), "-9223372036.854775808");
}

TEST(DecimalTest, ReadsWhatItWrites) {
  for (const std::int64_t value : {INT64_MIN, INT64_MAX, std::int64_t{-1}, std::int64_t{10}}) {
    for (unsigned decimals = 0; decimals <= kMaxDecimals; ++decimals) {
      EXPECT_EQ(ParseDecimal(FormatDecimal(value, decimals), decimals), value);
    }
  }
}

}  // namespace
}  // namespace lumbung
