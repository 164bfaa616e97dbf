#include "engine/importers/retail.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/domain/ids.h"

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

std::string Row(const std::string& invoice, const std::string& quantity, const std::string& price,
                const std::string& customer = "", const std::string& time = "2010-12-01 08:26:00") {
  return invoice + ",85123A,\"A, thing\"," + quantity + "," + time + "," + price + "," + customer +
         ",United Kingdom\n";
}

struct Outcome {
  std::vector<v1::Transaction> transactions;
  RetailReport report;
};

Outcome Import(const std::vector<std::string>& files) {
  RetailImport import({.cooperative = 20417, .utc_offset_minutes = 0});
  int number = 0;
  for (const std::string& rows : files) {
    const Status status =
        import.AddFile("f" + std::to_string(++number), std::string(kHeader) + rows);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  Outcome outcome;
  outcome.report = import.Finish([&outcome](const v1::Command& command) {
    ASSERT_TRUE(command.has_post());
    outcome.transactions.push_back(command.post());
  });
  EXPECT_TRUE(outcome.report.Reconciles()) << outcome.report.ToText();
  return outcome;
}

std::string ErrorOf(const std::string& rows) {
  RetailImport import({.cooperative = 20417});
  return import.AddFile("f.csv", std::string(kHeader) + rows).message();
}

std::string EntriesOf(const v1::Transaction& transaction) {
  std::string text;
  for (const v1::Entry& entry : transaction.entries()) {
    text += (text.empty() ? "" : ", ") + std::string(entry.has_debit() ? "debit " : "credit ") +
            std::to_string(entry.code()) + "/" + std::to_string(entry.holder()) + " " +
            entry.currency() + " " +
            std::to_string(entry.has_debit() ? entry.debit() : entry.credit());
  }
  return text;
}

TEST(RetailTest, AMembersInvoiceIsOneSale) {
  const Outcome outcome = Import({Row("536365", "6", "2.55", "17850.0") +
                                  Row("536365", "2", "3.39", "17850.0", "2010-12-01 08:25:00")});
  ASSERT_EQ(outcome.transactions.size(), 1u);
  const v1::Transaction& sale = outcome.transactions[0];
  EXPECT_EQ(EntriesOf(sale), "debit 1122/17850 GBP 2208, credit 4101/0 GBP 2208");
  EXPECT_EQ(sale.transaction_id(), FormatUuid(UuidV5(kInvoiceNameSpace, "536365")));
  EXPECT_EQ(sale.cooperative(), 20417u);
  EXPECT_EQ(sale.kind(), "sale");
  EXPECT_EQ(sale.channel(), "card");
  EXPECT_EQ(sale.nature(), v1::Transaction::FACT);
  EXPECT_EQ(sale.business_date(), 20101201);
  EXPECT_EQ(sale.occurred_at(), 1'291'191'900'000'000);
  EXPECT_EQ(sale.reference(), "536365");
}

TEST(RetailTest, OthersPayByCard) {
  EXPECT_EQ(EntriesOf(Import({Row("1", "1", "0.5")}).transactions.at(0)),
            "debit 1121/0 GBP 50, credit 4102/0 GBP 50");
}

TEST(RetailTest, CancellationsGoTheOtherWayRound) {
  const Outcome outcome = Import({Row("C1", "-1", "27.5", "14527") + Row("2", "1", "-0.4")});
  ASSERT_EQ(outcome.transactions.size(), 2u);
  EXPECT_EQ(EntriesOf(outcome.transactions[0]), "debit 4102/0 GBP 40, credit 1121/0 GBP 40");
  EXPECT_EQ(EntriesOf(outcome.transactions[1]),
            "debit 4101/0 GBP 2750, credit 1122/14527 GBP 2750");
  EXPECT_EQ(outcome.transactions[1].kind(), "refund");
  EXPECT_EQ(outcome.report.refunds, 2);
  EXPECT_EQ(outcome.report.posted_pence, -2790);
}

TEST(RetailTest, TimesAreLocal) {
  RetailImport import({.cooperative = 1, .utc_offset_minutes = 60});
  ASSERT_TRUE(import.AddFile("f", std::string(kHeader) + Row("1", "1", "1")).ok());
  std::int64_t occurred_at = 0;
  import.Finish([&](const v1::Command& command) { occurred_at = command.post().occurred_at(); });
  EXPECT_EQ(occurred_at, 1'291'188'360'000'000);
}

TEST(RetailTest, RoundsHalfToEven) {
  const std::map<Millipence, std::int64_t> expected = {
      {0, 0},       {499, 0},     {500, 0},   {501, 1},     {1'499, 1}, {1'500, 2},
      {2'500, 2},   {2'501, 3},   {-499, 0},  {-500, 0},    {-501, -1}, {-1'500, -2},
      {-2'500, -2}, {-2'501, -3}, {3'500, 4}, {-3'500, -4}, {1'000, 1}, {-1'000, -1},
  };
  for (const auto& [amount, pence] : expected) EXPECT_EQ(RoundToPence(amount), pence) << amount;
}

TEST(RetailTest, ResiduesAddUp) {
  const Outcome outcome = Import({Row("1", "1", "0.005") + Row("1", "1", "1.00") +  // 100|.5 down
                                  Row("2", "3", "0.005") +                          // 1|.5 up
                                  Row("3", "1", "0.00001") + Row("3", "1", "2")});
  EXPECT_EQ(outcome.report.posted_pence, 100 + 2 + 200);
  EXPECT_EQ(outcome.report.residues, 500 - 500 + 1);
  EXPECT_EQ(outcome.report.rounded, 3);
  EXPECT_EQ(outcome.report.exact_total, 302'001);
}

TEST(RetailTest, SkipsWithAReason) {
  const Outcome outcome =
      Import({Row("1", "5", "0.0") + Row("2", "1", "0.004") + Row("A3", "1", "-11062.06") +
              Row("C4", "1", "2") + Row("5", "1", "1", "7") + Row("5", "1", "1", "8") +
              Row("6", "1", "1", "", "2010-12-01 23:59:59") +
              Row("6", "1", "1", "", "2010-12-02 00:00:00")});
  EXPECT_TRUE(outcome.transactions.empty());
  std::map<std::string, std::string_view> reasons;
  for (const auto& one : outcome.report.skipped) reasons[one.invoice] = one.reason;
  EXPECT_EQ(reasons,
            (std::map<std::string, std::string_view>{{"1", "total is zero"},
                                                     {"2", "total rounds to zero"},
                                                     {"A3", "not an invoice of goods"},
                                                     {"C4", "a cancellation with a positive total"},
                                                     {"5", "lines of two customers"},
                                                     {"6", "lines of two days"}}));
  EXPECT_EQ(outcome.report.skipped_total, -1'105'605'600);
}

TEST(RetailTest, OrderDoesNotDependOnTheFiles) {
  const std::string late = Row("1", "1", "1", "", "2011-01-02 00:00:00");
  const std::string early = Row("3", "1", "1") + Row("2", "1", "1");
  for (const auto& files : {std::vector{late, early}, std::vector{early, late}}) {
    std::vector<std::string> references;
    for (const auto& one : Import(files).transactions) references.push_back(one.reference());
    EXPECT_THAT(references, ElementsAre("2", "3", "1"));
  }
}

TEST(RetailTest, AFileGivenTwiceIsAnError) {
  RetailImport import({.cooperative = 20417});
  const std::string file = std::string(kHeader) + Row("536365", "6", "2.55");
  ASSERT_TRUE(import.AddFile("a.csv", file).ok());
  EXPECT_THAT(import.AddFile("b.csv", file).message(),
              HasSubstr("b.csv:2: invoice 536365 stands in another file too"));
}

TEST(RetailTest, NamesLineAndFieldOfAFault) {
  EXPECT_EQ(ErrorOf(Row("1", "1", "1") + Row("1", "1.5", "1")),
            "f.csv:3: Quantity: can't read \"1.5\"");
  EXPECT_EQ(ErrorOf(Row("1", "1", "1e5")), "f.csv:2: UnitPrice: can't read \"1e5\"");
  EXPECT_EQ(ErrorOf(Row("1", "1", "0.000001")), "f.csv:2: UnitPrice: can't read \"0.000001\"");
  EXPECT_EQ(ErrorOf(Row("", "1", "1")), "f.csv:2: InvoiceNo: can't read \"\"");
  EXPECT_EQ(ErrorOf(Row("1", "1", "1", "0.0")), "f.csv:2: CustomerID: can't read \"0.0\"");
  for (const std::string time :
       {"2010-02-29 00:00:00", "2010-13-01 00:00:00", "2010-12-01 24:00:00", "2010-12-01T00:00:00",
        "2010-12-01 00:60:00", "+010-12-01 00:00:00"}) {
    EXPECT_EQ(ErrorOf(Row("1", "1", "1", "", time)),
              "f.csv:2: InvoiceDate: can't read \"" + time + "\"");
  }
  EXPECT_EQ(ErrorOf("1,2\n"), "f.csv:2: has 2 fields, not 8");
  EXPECT_THAT(ErrorOf("\"1"), HasSubstr("f.csv: line 2: a quoted field never ends"));
}

TEST(RetailTest, WantsTheHeader) {
  RetailImport import({.cooperative = 20417});
  EXPECT_THAT(import.AddFile("f.csv", "a,b\n").message(), HasSubstr("the first line is not"));
  EXPECT_THAT(import.AddFile("f.csv", "").message(), HasSubstr("the first line is not"));
}

TEST(RetailTest, RefusesSumsBeyondTheLimit) {
  EXPECT_THAT(ErrorOf(Row("1", "99999999999", "999999999")), HasSubstr("UnitPrice"));
  const std::string row = Row("1", "15000000", "1000000");
  EXPECT_THAT(ErrorOf(row), "");
  EXPECT_THAT(ErrorOf(row + row), HasSubstr("f.csv:3: all amounts together"));
  EXPECT_THAT(ErrorOf(row + Row("2", "-15000000", "1000000")), HasSubstr("all amounts together"));
}

TEST(RetailTest, ReportSaysEverythingTwice) {
  Outcome outcome = Import({Row("1", "1", "1.004") + Row("2", "1", "0") + Row("3", "1", "9")});
  outcome.report.AddRefusal("3", 900, "COOPERATIVE_CLOSED");
  EXPECT_TRUE(outcome.report.Reconciles());
  const std::string text = outcome.report.ToText();
  EXPECT_THAT(text, HasSubstr("exact total of all lines          10.004"));
  EXPECT_THAT(text, HasSubstr("posted + refused + residues + skipped = exact total: yes"));
  EXPECT_THAT(text, HasSubstr("skipped, total is zero (1):\n  2\n"));
  EXPECT_THAT(text, HasSubstr("refused: 3 9.00: COOPERATIVE_CLOSED"));
  const auto json = nlohmann::json::parse(outcome.report.ToJson());
  EXPECT_EQ(json["posted_total"], "1.00");
  EXPECT_EQ(json["refused_total"], "9.00");
  EXPECT_EQ(json["residues"], "0.004");
  EXPECT_EQ(json["exact_total"], "10.004");
  EXPECT_EQ(json["reconciles"], true);
  EXPECT_EQ(json["skipped"][0]["invoice"], "2");

  outcome.report.residues += 1;
  EXPECT_FALSE(outcome.report.Reconciles());
  EXPECT_THAT(outcome.report.ToText(), HasSubstr("exact total: NO"));
  EXPECT_THAT(outcome.report.ToJson(), HasSubstr("\"reconciles\":false"));
}

TEST(RetailTest, TextListsNoMoreThanAsked) {
  std::string rows;
  for (int i = 1; i <= 25; ++i) rows += Row(std::to_string(i), "1", "0");
  const std::string text = Import({rows}).report.ToText(12);
  EXPECT_THAT(text, HasSubstr("and 13 more"));
}

}  // namespace
}  // namespace lumbung
