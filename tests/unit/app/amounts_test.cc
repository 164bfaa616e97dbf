#include "engine/app/amounts.h"

#include <cstdint>

#include <gtest/gtest.h>

#include "engine/app/progress.h"

namespace lumbung {
namespace {

TEST(Amounts, CountsInThrees) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1'000), "1,000");
  EXPECT_EQ(FormatCount(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Amounts, ShowsTheCurrencysDecimals) {
  EXPECT_EQ(FormatAmount(0, 2), "0.00");
  EXPECT_EQ(FormatAmount(5, 2), "0.05");
  EXPECT_EQ(FormatAmount(-5, 2), "-0.05");
  EXPECT_EQ(FormatAmount(75'000'000, 2), "750,000.00");
  EXPECT_EQ(FormatAmount(-1'234'567, 0), "-1,234,567");
  EXPECT_EQ(FormatAmount(INT64_MAX, 2), "92,233,720,368,547,758.07");
  EXPECT_EQ(FormatAmount(INT64_MIN, 2), "-92,233,720,368,547,758.08");
}

TEST(Amounts, ShowsDaysAndTimes) {
  EXPECT_EQ(FormatDate(20260531), "2026-05-31");
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTime(1'780'272'000'000'001), "2026-06-01T00:00:00.000001Z");
}

TEST(Progress, SaysRateAndTimeLeft) {
  EXPECT_EQ(FormatProgress("import", "commands", 1'000'000, 0.25, 10),
            "import: 1,000,000 commands  25 %  100,000/s  30 s left");
  EXPECT_EQ(FormatProgress("import", "commands", 5, std::nullopt, 0), "import: 5 commands");
  EXPECT_EQ(FormatProgress("verify", "events", 10, 0.01, 100),
            "verify: 10 events  1 %  0/s  2 h 45 min left");
}

}  // namespace
}  // namespace lumbung
