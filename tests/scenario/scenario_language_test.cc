// The scenario language and the invariants themselves: what is wrong is found, and named by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/invariants.h"
#include "tests/scenario/scenario_runner.h"

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kStart[] = "scenario \"t\"\ncooperative 1\n";
constexpr char kSale[] = "post sale cash 2026-05-01 as s: debit 1101 10.00, credit 4102 10.00";

// What running the rows finds wrong. The first of them is line 3.
std::vector<std::string> RunRows(const std::string& rows) {
  const std::vector<Scenario> scenarios = ParseScenarios("f.scenario", kStart + rows);
  return ScenarioRunner(scenarios.at(0)).Run();
}

TEST(ScenarioLanguage, AScenarioThatHoldsHasNoProblem) {
  EXPECT_THAT(RunRows(std::string(kSale) + " => ok\nbalance 1101 = 10.00\n"), IsEmpty());
}

TEST(ScenarioLanguage, EachWrongExpectationIsNamedWithFileAndLine) {
  const std::string sale = kSale;
  for (const std::string& row : {
           sale + " => UNBALANCED",
           sale + " => replayed ok",
           sale + " => ok posted 2026-05-02",
           sale + " => ok overrides PERIOD_CLOSED",
           sale + " => ok item 1",
           sale + " => ok saying \"something\"",
           std::string("balance 1101 = 0.01"),
           std::string("available 1101 = 0.01"),
           std::string("held 1101 = 0.01"),
           std::string("sum 1101 = 0.01"),
           std::string("outcome s posted"),
       }) {
    const std::vector<std::string> problems = RunRows(row + "\n");
    ASSERT_FALSE(problems.empty()) << row;
    EXPECT_THAT(problems[0], StartsWith("f.scenario:3: " + row)) << row;
  }
}

TEST(ScenarioLanguage, AnOverrideThatIsNotExpectedIsWrong) {
  EXPECT_THAT(RunRows("post savings-withdrawal cash 2026-05-01 fact:\n"
                      "  debit 2111/1 1.00, credit 1102 1.00 => ok\n"),
              ElementsAre(HasSubstr("overrides INSUFFICIENT_FUNDS")));
}

TEST(ScenarioLanguage, TheFirstProblemEndsAScenario) {
  EXPECT_THAT(RunRows("balance 1101 = 1.00\nbalance 1101 = 2.00\n"), ElementsAre(HasSubstr(":3:")));
}

TEST(ScenarioLanguage, WordsThatAreNotInTheLanguageAreWrong) {
  for (const std::string& row : {
           std::string("frobnicate 1101"),
           std::string("post sale cash 2026-05-01 quickly: debit 1101 1.00, credit 4102 1.00"),
           std::string("post sale cash 1.5.2026: debit 1101 1.00, credit 4102 1.00"),
           std::string("post sale cash 2026-05-01: debit 1101 1.0, credit 4102 1.0"),
           std::string("post sale cash 2026-05-01: debit 1101 x, credit 4102 1.00"),
           std::string("post sale cash 2026-05-01: take 1101 1.00, credit 4102 1.00"),
           std::string(kSale) + " => NO_SUCH_CODE",
           std::string(kSale) + " => ok then",
           std::string("balance 1101 = 0.00 0.00"),
           std::string("balance 9999 = 0.00"),
           std::string("today 2026-05-02 09:00"),
           std::string("advance 3 weeks"),
           std::string("repeat nothing"),
           std::string("send batch"),
           std::string("cooperative 2 zone CET"),
       }) {
    EXPECT_THAT(RunRows(row + "\n"), ElementsAre(HasSubstr("f.scenario:3:"))) << row;
  }
}

TEST(ScenarioLanguage, RowsThatStandNowhereAreWrong) {
  EXPECT_THROW(ParseScenarios("f", "today 2026-05-01\n"), ScenarioError);
  EXPECT_THROW(ParseScenarios("f", "scenario \"t\"\n  today 2026-05-01\n"), ScenarioError);
  EXPECT_THROW(ParseScenarios("f", "scenario \"t\n"), ScenarioError);
  EXPECT_THROW(ParseScenarios("f", "scenario t u\n"), ScenarioError);
}

TEST(ScenarioLanguage, CommentsAndEmptyLinesCountAsLines) {
  EXPECT_THAT(RunRows("# a comment\n\nbalance 1101 = 1.00 # and another\n"),
              ElementsAre(StartsWith("f.scenario:5:")));
}

TEST(ScenarioLanguage, AmountsAreMinorUnits) {
  const std::vector<std::string> words = {"750000.00", "7", "-0.01", "92233720368547758.07",
                                          "92233720368547758.08"};
  Words reader(words);
  EXPECT_EQ(reader.TakeAmount(), 75'000'000);
  EXPECT_EQ(reader.TakeAmount(), 700);
  EXPECT_EQ(reader.TakeAmount(), -1);
  EXPECT_EQ(reader.TakeAmount(), INT64_MAX);
  EXPECT_THROW(reader.TakeAmount(), ScenarioError);
  EXPECT_EQ(FormatAmount(-1), "-0.01");
  EXPECT_EQ(FormatAmount(INT64_MAX), "92233720368547758.07");
}

TEST(ScenarioLanguage, AccountsNameHolderRangeAndCurrency) {
  const std::vector<std::string> words = {"1101", "2111/184", "1122/7:GBP", "3102/1..255"};
  Words reader(words);
  EXPECT_EQ(reader.TakeAccount().code, 1101u);
  EXPECT_EQ(reader.TakeAccount().holder, 184u);
  EXPECT_EQ(reader.TakeAccount().currency, "GBP");
  EXPECT_EQ(reader.TakeAccount().last_holder, 255u);
}

// Posts a sale, then lets `tamper` change the state behind the log's back.
template <typename Tamper>
std::vector<std::string> ProblemsAfter(Tamper tamper) {
  MemoryLedger ledger(0);
  Invariants invariants(ledger);
  EXPECT_THAT(invariants.Check(), IsEmpty());
  v1::Event event;
  event.set_sequence(2);
  tamper(event);
  ledger.state().Apply(event);
  return invariants.Check();
}

TEST(Invariants, FindAnEventThatTheLogDoesNotHave) {
  const std::vector<std::string> problems = ProblemsAfter([](v1::Event& event) {
    v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
    transaction.set_cooperative(1);
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(1101);
    entry.set_debit(5);
  });
  EXPECT_THAT(problems, ElementsAre(HasSubstr("1:1101:0 has amounts that no entry gave it"),
                                    HasSubstr("debits and credits of IDR differ"),
                                    HasSubstr("replaying the log")));
}

TEST(Invariants, FindAHoldThatTheLogDoesNotHave) {
  const std::vector<std::string> problems = ProblemsAfter([](v1::Event& event) {
    v1::Transaction& transaction = *event.mutable_transaction_held()->mutable_transaction();
    transaction.set_cooperative(1);
    transaction.set_transaction_id(ScenarioId("hold"));
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(1101);
    entry.set_debit(5);
  });
  EXPECT_THAT(problems, testing::Contains(HasSubstr("replaying the log")));
}

}  // namespace
}  // namespace lumbung
