#include "engine/importers/ndjson.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::HasSubstr;

constexpr std::string_view kId = "0190f0f4-9f6e-7b60-8a1d-3f1f2a6c1d01";

v1::Command Parsed(const std::string& line) {
  auto command = ParseCommandJson(line);
  EXPECT_TRUE(command.ok()) << command.status().message();
  return command.ok() ? *command : v1::Command();
}

std::string ErrorOf(const std::string& line) {
  const auto command = ParseCommandJson(line);
  EXPECT_FALSE(command.ok()) << "accepted: " << line;
  return command.status().message();
}

TEST(NdjsonTest, ReadsACommand) {
  const v1::Command command =
      Parsed(R"({"commandId":"x","closePeriod":{"cooperative":"20417","throughDate":20260531,)"
             R"("stage":"OPERATIONS"}})");
  EXPECT_EQ(command.command_id(), "x");
  EXPECT_EQ(command.close_period().cooperative(), 20417u);
  EXPECT_EQ(command.close_period().through_date(), 20260531);
  EXPECT_EQ(command.close_period().stage(), v1::PeriodClosing::OPERATIONS);
}

TEST(NdjsonTest, ABareTransactionIsAPost) {
  for (const std::string key : {"transactionId", "transaction_id"}) {
    const v1::Command command =
        Parsed("{\"" + key + "\":\"" + std::string(kId) +
               R"(","cooperative":20417,"entries":[{"code":1101,"debit":"750000"}]})");
    EXPECT_EQ(command.post().transaction_id(), kId);
    EXPECT_EQ(command.post().entries(0).debit(), 750'000);
    EXPECT_TRUE(command.command_id().empty());
  }
}

TEST(NdjsonTest, ATransactionIdFurtherDownMakesNoBareTransaction) {
  EXPECT_TRUE(Parsed(R"({"hold":{"transaction":{"transactionId":"a"}}})").has_hold());
}

TEST(NdjsonTest, TakesAmountsAsStringsUpToTheEdge) {
  const v1::Command command = Parsed(
      R"({"transactionId":"a","entries":[{"debit":"9223372036854775807"},{"credit":"-1"}]})");
  EXPECT_EQ(command.post().entries(0).debit(), INT64_MAX);
  EXPECT_EQ(command.post().entries(1).credit(), -1);
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","entries":[{"debit":"9223372036854775808"}]})"),
              HasSubstr("debit"));
}

TEST(NdjsonTest, RefusesNumbersThatMayHaveLostDigits) {
  EXPECT_EQ(Parsed(R"({"post":{"operator":9007199254740992}})").post().operator_(),
            std::uint64_t{1} << 53);
  EXPECT_EQ(ErrorOf(R"({"post":{"entries":[{"code":1},{"debit":9007199254740993}]}})"),
            "post.entries[1].debit: 9007199254740993 is beyond 2^53 and may have lost digits; "
            "write it as a string");
  EXPECT_THAT(ErrorOf(R"({"post":{"occurredAt":-9007199254740993}})"),
              HasSubstr("post.occurredAt: -9007199254740993 is beyond 2^53"));
  EXPECT_THAT(ErrorOf(R"({"post":{"operator":99999999999999999999}})"),
              HasSubstr("post.operator: 99999999999999999999 is beyond 2^53"));
}

TEST(NdjsonTest, RefusesFractionsAndExponents) {
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","entries":[{"debit":12.5}]})"),
              HasSubstr("entries[0].debit: 12.5 is no whole number"));
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","cooperative":1e3})"), HasSubstr("cooperative: 1e3"));
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","cooperative":1.0})"), HasSubstr("cooperative: 1.0"));
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","entries":[{"debit":"12.5"}]})"), HasSubstr("debit"));
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","entries":[{"debit":"1e3"}]})"), HasSubstr("debit"));
}

TEST(NdjsonTest, RefusesUnknownFieldsAndEnumNames) {
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","amount":1})"), HasSubstr("amount"));
  EXPECT_THAT(ErrorOf(R"({"post":{"entries":[{"kode":1}]}})"), HasSubstr("kode"));
  EXPECT_THAT(ErrorOf(R"({"transactionId":"a","nature":"MAYBE"})"), HasSubstr("MAYBE"));
}

TEST(NdjsonTest, RefusesAFieldGivenTwice) {
  EXPECT_EQ(ErrorOf(R"({"transactionId":"a","cooperative":1,"cooperative":2})"),
            "cooperative: is given twice");
  EXPECT_EQ(ErrorOf(R"({"transactionId":"a","business_date":1,"businessDate":2})"),
            "businessDate: is given twice");
  EXPECT_THAT(ErrorOf(R"({"post":{"entries":[{"debit":"1","credit":"1"}]}})"), HasSubstr("amount"));
  EXPECT_THAT(ErrorOf(R"({"post":{},"release":{}})"), HasSubstr("body"));
}

TEST(NdjsonTest, RefusesWhatIsNotOneJsonObject) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("{"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("{}{}"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("{'post':{}}"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("{\"commandId\":\"\xFF\"}"), HasSubstr("not JSON"));
  EXPECT_THAT(ErrorOf("{\"post\":{\"operator\":1e999}}"), HasSubstr("not JSON"));
  EXPECT_EQ(ErrorOf("[]"), "line: wants an object");
  EXPECT_EQ(ErrorOf("7"), "line: wants an object");
}

TEST(NdjsonTest, RefusesDepthAndLength) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"post\":";
  EXPECT_EQ(ErrorOf(deep), "post.post: the schema does not know this field");
  EXPECT_EQ(ErrorOf(std::string(kMaxJsonLineBytes + 1, ' ')), "line: is longer than 1 MiB");
}

}  // namespace
}  // namespace lumbung
