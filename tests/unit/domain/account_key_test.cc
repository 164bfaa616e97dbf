#include "engine/domain/account_key.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(ParseCurrency, ThreeCapitalsOrNothing) {
  EXPECT_EQ(ParseCurrency(""), kIdr);
  EXPECT_EQ(ParseCurrency("IDR"), kIdr);
  ASSERT_TRUE(ParseCurrency("GBP").has_value());
  EXPECT_NE(ParseCurrency("GBP"), ParseCurrency("GBQ"));
  EXPECT_EQ(FormatCurrency(*ParseCurrency("GBP")), "GBP");
  for (const std::string_view bad : {"gbp", "GB", "GBPP", "G1P", " GB", "G P"}) {
    EXPECT_FALSE(ParseCurrency(bad).has_value()) << bad;
  }
}

TEST(AccountText, BothWays) {
  const std::pair<AccountKey, std::string> accounts[] = {
      {{20417, 2111, kIdr, 184}, "20417:2111:184"},
      {{20417, 1101, kIdr, 0}, "20417:1101:0"},
      {{20417, 1122, *ParseCurrency("GBP"), 12347}, "20417:1122:12347:GBP"},
      {{1, 1, kIdr, 1}, "1:1:1"},
      {{kMaxCooperative, kMaxAccountCode, kIdr, ~0ULL}, "999999999999:999999:18446744073709551615"},
  };
  for (const auto& [key, text] : accounts) {
    EXPECT_EQ(FormatAccount(key), text);
    EXPECT_EQ(ParseAccount(text), key) << text;
  }
}

TEST(AccountText, NothingElseIsAnAccount) {
  for (const std::string_view bad : {
           "",
           ":",
           "20417",
           "20417:",
           "20417:2111",
           "20417:2111:",
           "20417:2111:184:",
           "20417:2111:184:IDR",
           "20417:2111:184:gbp",
           "20417:2111:184:GBPX",
           "20417:2111:184:GBP:",
           "020417:2111:184",
           "20417:02111:184",
           "20417:2111:0184",
           "20417:2111:00",
           "0:2111:184",
           "1000000000000:2111:184",
           "20417:0:184",
           "20417:1000000:184",
           "20417:2111:18446744073709551616",
           "20417:2111:-1",
           "20417:2111:+1",
           " 20417:2111:184",
           "20417: 2111:184",
           "20417:2111:184 ",
           "20417::184",
           "a:2111:184",
       }) {
    EXPECT_FALSE(ParseAccount(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace lumbung
