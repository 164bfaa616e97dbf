#include "engine/importers/json_message.h"

#include <string>

#include <gtest/gtest.h>

#include "lumbung/ledger/v1/command.pb.h"
#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

struct Case {
  std::string text;
  std::string pointer;
  std::string detail;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.text; }

class JsonFaultTest : public ::testing::TestWithParam<Case> {};

TEST_P(JsonFaultTest, NamesThePlace) {
  v1::Transaction transaction;
  const auto fault = ReadJson(GetParam().text, transaction);
  ASSERT_TRUE(fault.has_value()) << "accepted as " << transaction.ShortDebugString();
  EXPECT_EQ(fault->pointer, GetParam().pointer);
  EXPECT_EQ(fault->detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Json, JsonFaultTest,
    ::testing::Values(
        Case{R"({"entries":[{"code":1},{"amt":1}]})", "/entries/1/amt",
             "the schema does not know this field"},
        Case{R"({"a/b~c":1})", "/a~1b~0c", "the schema does not know this field"},
        Case{R"({"":1})", "/", "the schema does not know this field"},
        Case{R"({"business_date":1,"businessDate":2})", "/businessDate", "is given twice"},
        Case{R"({"entries":[{"debit":"1","credit":"2"}]})", "/entries/0/credit",
             "another field of amount is given too"},
        Case{R"({"loanDisbursement":{},"loanRepayment":{}})", "/loanRepayment",
             "another field of details is given too"},
        Case{R"({"entries":[null]})", "/entries/0", "null is no item"},
        Case{R"({"entries":{"code":1}})", "/entries", "wants an array"},
        Case{R"({"entries":[[{"code":1}]]})", "/entries/0", "wants an object"},
        Case{R"({"entries":5})", "/entries", "wants an array"},
        Case{R"({"entries":[5]})", "/entries/0", "wants an object"},
        Case{R"({"party":"x"})", "/party", "wants an object"},
        Case{R"({"party":[]})", "/party", "wants an object"},
        Case{R"({"reference":5})", "/reference", "wants a string"},
        Case{R"({"reference":{}})", "/reference", "wants a string"},
        Case{R"({"cooperative":true})", "/cooperative", "wants a whole number"},
        Case{R"({"cooperative":-1})", "/cooperative", "\"-1\" is no whole number of the range"},
        Case{R"({"cooperative":" 1"})", "/cooperative", "\" 1\" is no whole number of the range"},
        Case{R"({"cooperative":"1e3"})", "/cooperative", "\"1e3\" is no whole number of the range"},
        Case{R"({"cooperative":""})", "/cooperative", "\"\" is no whole number of the range"},
        Case{R"({"businessDate":4294967296})", "/businessDate",
             "\"4294967296\" is no whole number of the range"},
        Case{R"({"cooperative":9007199254740993})", "/cooperative",
             "9007199254740993 is beyond 2^53 and may have lost digits; write it as a string"},
        Case{R"({"cooperative":1.5})", "/cooperative",
             "1.5 is no whole number; amounts are whole minor units"},
        Case{R"({"nature":"fact"})", "/nature", "\"fact\" is no Nature"},
        Case{R"({"nature":7})", "/nature", "\"7\" is no Nature"},
        Case{R"({"nature":true})", "/nature", "wants the name of a Nature"},
        Case{R"({"sealed":{"ciphertext":"a%"}})", "/sealed/ciphertext", "is no base64"},
        Case{R"([{}])", "", "wants an object"}, Case{"null", "", "wants an object"},
        Case{"{", "", "not JSON at character 2"},
        Case{"{\"reference\":\"\xC0\xAF\"}", "", "not JSON at character 15"}));

TEST(JsonMessageTest, ReadsEveryKindOfField) {
  v1::Transaction transaction;
  const auto fault =
      ReadJson(R"({"cooperative":"18446744073709551615","occurred_at":"-9223372036854775808",)"
               R"("nature":"FACT","operator":7,"party":null,"entries":[{"code":1,"debit":"5"}],)"
               R"("loanRepayment":{"instalments":[1,"2"]},"sealed":{"ciphertext":"-_8"}})",
               transaction);
  ASSERT_FALSE(fault.has_value()) << fault->pointer << fault->detail;
  EXPECT_EQ(transaction.cooperative(), UINT64_MAX);
  EXPECT_EQ(transaction.occurred_at(), INT64_MIN);
  EXPECT_EQ(transaction.nature(), v1::Transaction::FACT);
  EXPECT_EQ(transaction.operator_(), 7u);
  EXPECT_FALSE(transaction.has_party());
  EXPECT_EQ(transaction.entries(0).debit(), 5);
  EXPECT_EQ(transaction.loan_repayment().instalments(1), 2u);
  EXPECT_EQ(transaction.sealed().ciphertext(), "\xFB\xFF");
}

TEST(JsonMessageTest, NullCountsAsLeftOut) {
  v1::Entry entry;
  EXPECT_FALSE(ReadJson(R"({"debit":"1","credit":null})", entry).has_value());
  EXPECT_EQ(entry.debit(), 1);
  v1::Chart chart;
  EXPECT_FALSE(ReadJson(R"({"codes":[{"code":1,"cash":true}]})", chart).has_value());
  EXPECT_TRUE(chart.codes(0).cash());
}

TEST(JsonMessageTest, OneItemOrMany) {
  const auto& field = *v1::PostRequest::descriptor()->FindFieldByName("transactions");
  v1::PostRequest one;
  bool is_array = true;
  EXPECT_FALSE(ReadJsonItems(R"({"cooperative":1})", one, field, is_array).has_value());
  EXPECT_FALSE(is_array);
  EXPECT_EQ(one.transactions_size(), 1);

  v1::PostRequest many;
  EXPECT_FALSE(ReadJsonItems(R"([{"cooperative":1},{}])", many, field, is_array).has_value());
  EXPECT_TRUE(is_array);
  EXPECT_EQ(many.transactions_size(), 2);

  v1::PostRequest wrong;
  const auto fault = ReadJsonItems(R"([{},{"entries":[{"x":1}]}])", wrong, field, is_array);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->pointer, "/1/entries/0/x");
  EXPECT_EQ(fault->path, "[1].entries[0].x");
  v1::PostRequest nested;
  EXPECT_EQ(ReadJsonItems("[[]]", nested, field, is_array)->pointer, "/0");
}

}  // namespace
}  // namespace lumbung
