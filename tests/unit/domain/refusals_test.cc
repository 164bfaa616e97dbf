// A command for each code that is decided here: that it is refused so, recorded or not as the table
// says, and answered the same when it is sent again.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/domain/codes.h"
#include "tests/scenario/scenario_runner.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

struct Provocation {
  v1::Code code;
  // Rows that prepare it, and the one that is refused.
  std::string before;
  std::string row;
};

const std::vector<Provocation>& Provocations() {
  static const std::vector<Provocation> provocations = {
      {v1::MALFORMED, "", "post sale cash 2026-05-01: debit 1101 0.00, credit 4102 0.00"},
      {v1::UNBALANCED, "", "post sale cash 2026-05-01: debit 1101 2.00, credit 4102 1.00"},
      {v1::ID_CONFLICT, "open 2111/1 as id\n", "open 2111/2 as id"},
      {v1::UNKNOWN_COOPERATIVE, "in 1\n",
       "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00"},
      {v1::UNKNOWN_CHART, "", "cooperative 1 chart other"},
      {v1::UNKNOWN_KIND, "", "post gift cash 2026-05-01: debit 1101 1.00, credit 4102 1.00"},
      {v1::UNKNOWN_CHANNEL, "", "post sale pigeon 2026-05-01: debit 1101 1.00, credit 4102 1.00"},
      {v1::UNKNOWN_CODE, "", "post sale cash 2026-05-01: debit 1199 1.00, credit 4102 1.00"},
      {v1::UNKNOWN_CURRENCY, "",
       "post sale cash 2026-05-01: debit 1101:EUR 1.00, credit 4102:EUR 1.00"},
      {v1::UNKNOWN_HOLDER, "", "post sale cash 2026-05-01: debit 1201 1.00, credit 2131/5 1.00"},
      {v1::UNKNOWN_ACCOUNT,
       "publish chart kdmp version 2 from 2026-05-01: code 1103 \"Safe\" asset by debit explicit\n",
       "post sale cash 2026-05-01: debit 1103 1.00, credit 4102 1.00"},
      {v1::UNKNOWN_TRANSACTION, "", "reverse nothing 2026-05-01"},
      {v1::UNKNOWN_HOLD, "", "release nothing"},
      {v1::UNKNOWN_LOAN, "", "reschedule loan 5 version 2: 1 due 2026-06-12 principal 1.00"},
      {v1::CODE_RETIRED,
       "publish chart kdmp version 2 from 2026-05-01: retire 1142 from 2026-05-01 for 1141\n",
       "post purchase cash 2026-05-01: debit 1142 1.00, credit 1101 1.00"},
      {v1::HOLDER_MISMATCH, "", "post dues cash 2026-05-01: debit 1101 1.00, credit 3101 1.00"},
      {v1::ALREADY_EXISTS, "open 2111/1\n", "open 2111/1 as again"},
      {v1::ALREADY_REVERSED,
       "post sale cash 2026-05-01 as s: debit 1101 1.00, credit 4102 1.00\nreverse s 2026-05-01\n",
       "reverse s 2026-05-01"},
      {v1::NOT_REVERSIBLE,
       "post sale cash 2026-05-01 as s: debit 1101 1.00, credit 4102 1.00\n"
       "reverse s 2026-05-01 as r\n",
       "reverse r 2026-05-01"},
      {v1::REVERSAL_MISMATCH, "post sale cash 2026-05-01 as s: debit 1101 1.00, credit 4102 1.00\n",
       "reverse s 2026-05-01: credit 1101 2.00, debit 4102 2.00"},
      {v1::HOLD_ENDED,
       "hold sale card 2026-05-01 as h: debit 1121 1.00, credit 4102 1.00\nrelease h\n",
       "capture h 2026-05-01"},
      {v1::HOLD_EXCEEDED, "hold sale card 2026-05-01 as h: debit 1121 1.00, credit 4102 1.00\n",
       "capture h 2026-05-01: debit 1121 1.01, credit 4102 1.01"},
      {v1::SPLIT_MISMATCH, "grant loan 5 9.00: 1 due 2026-06-12 principal 9.00\n",
       "post loan-disbursement rtgs 2026-05-01 disburses 5: debit 1201 1.00, credit 2101 1.00"},
      {v1::CHART_INCOMPATIBLE, "",
       "publish chart kdmp version 2 from 2026-05-01: code 1101 \"Cash\" asset by credit"},
      {v1::VERSION_GAP, "", "publish chart kdmp version 3 from 2026-05-01: channel satellite"},
      {v1::ACCOUNT_NOT_EMPTY, "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00\n",
       "account 1101 closed"},
      {v1::PERIOD_CLOSED, "close operations through 2026-04-30\n",
       "post sale cash 2026-04-30: debit 1101 1.00, credit 4102 1.00"},
      {v1::PERIOD_OPEN, "", "close final through 2026-04-30"},
      {v1::COOPERATIVE_CLOSED, "change cooperative 20417 status closed\n",
       "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00"},
      {v1::HOLDER_CLOSED, "holder member 1 closed\n",
       "post dues cash 2026-05-01: debit 1101 1.00, credit 3101/1 1.00"},
      {v1::ACCOUNT_FROZEN, "account 2111/1 frozen\n",
       "post dues cash 2026-05-01: debit 1101 1.00, credit 2111/1 1.00"},
      {v1::ACCOUNT_CLOSED, "account 2111/1 closed\n",
       "post dues cash 2026-05-01: debit 1101 1.00, credit 2111/1 1.00"},
      {v1::INSUFFICIENT_FUNDS, "",
       "post dues cash 2026-05-01: debit 2111/1 1.00, credit 1101 1.00"},
      {v1::LIMIT_EXCEEDED, "open 2111/1 maximum 0.50\n",
       "post dues cash 2026-05-01: debit 1101 1.00, credit 2111/1 1.00"},
      {v1::CONDITION_FAILED, "",
       "post sale cash 2026-05-01 require 1101 >= 2.00: debit 1101 1.00, credit 4102 1.00"},
      {v1::AMOUNT_OVERFLOW,
       "post opening-balance journal 2026-05-01: debit 1101 92233720368547758.07, credit 3201 "
       "92233720368547758.07\n",
       "post sale cash 2026-05-01: debit 1101 0.01, credit 4102 0.01"},
  };
  return provocations;
}

// What the engine says of its own state, and of commands by their size: tested where it is decided.
const std::set<v1::Code> kElsewhere = {
    v1::TOO_LARGE,     v1::OVERLOADED,     v1::QUOTA_EXCEEDED, v1::MEMORY_BUDGET,
    v1::CLOCK_SUSPECT, v1::WRITES_STOPPED, v1::SHUTTING_DOWN,  v1::OUTCOME_UNKNOWN,
    v1::WRONG_SHARD,   v1::EXPIRED,
};

TEST(Refusals, ThereIsARowForEachCode) {
  std::set<v1::Code> codes = kElsewhere;
  for (const Provocation& provocation : Provocations()) {
    EXPECT_TRUE(codes.insert(provocation.code).second) << v1::Code_Name(provocation.code);
  }
  EXPECT_EQ(codes.size(), CodeTable().size());
}

std::string NameOf(const testing::TestParamInfo<Provocation>& info) {
  return v1::Code_Name(info.param.code);
}

class RefusalTest : public testing::TestWithParam<Provocation> {};

TEST_P(RefusalTest, IsAsTheTableSays) {
  const std::string text = "scenario \"refusal\"\ncooperative 20417\n" + GetParam().before +
                           GetParam().row + " => " + v1::Code_Name(GetParam().code) + "\n";
  for (const std::string& problem : ScenarioRunner(ParseScenarios("row", text).at(0)).Run()) {
    ADD_FAILURE() << problem;
  }
}

INSTANTIATE_TEST_SUITE_P(EachCode, RefusalTest, testing::ValuesIn(Provocations()), NameOf);

TEST(Refusals, ABatchOfReversalsThatFillsUpBeyondAnEventIsTooLarge) {
  Book book;
  v1::Command batch;
  batch.set_command_id(ScenarioId("undo"));
  batch.mutable_post_batch()->set_cooperative(20417);
  for (int i = 0; i < 256; ++i) {
    const std::string name = "sale " + std::to_string(i);
    book.Do("post sale cash 2026-05-01 as \"" + name +
            "\": debit 1101 1.00 times 255, credit 4102 255.00");
    v1::Transaction& item = *batch.mutable_post_batch()->add_transactions();
    item = book.Read("post sale cash 2026-05-01 reverses \"" + name + "\"").post();
  }
  ASSERT_EQ(Validate(batch).code, v1::OK);
  const std::size_t events = book.ledger().events().size();
  EXPECT_EQ(book.ledger().Submit(batch).code, v1::TOO_LARGE);
  EXPECT_EQ(book.ledger().events().size(), events);
  EXPECT_EQ(book.Send("reverse \"sale 0\" 2026-05-01").code, v1::OK);
}

TEST(Refusals, NewAccountsBeyondTheBudgetAreRefusedAndOldOnesGoOn) {
  // Room for four.
  Book book(4 * 80);
  book.Do("post dues cash 2026-05-01: debit 1101 5.00, credit 3101/1 5.00");
  book.Do("post dues cash 2026-05-01: debit 1101 5.00, credit 3101/2 5.00");
  const std::size_t events = book.ledger().events().size();
  EXPECT_EQ(book.Send("post dues cash 2026-05-01: debit 1111 5.00, credit 3101/3 5.00").code,
            v1::MEMORY_BUDGET);
  EXPECT_EQ(book.ledger().events().size(), events);
  book.Do("post dues cash 2026-05-01: debit 1101 5.00, credit 3101/1 5.00");
  book.Do("open 2111/1");
  EXPECT_EQ(book.Send("open 2111/2").code, v1::MEMORY_BUDGET);
  EXPECT_EQ(book.Send("account 2111/2 frozen").code, v1::MEMORY_BUDGET);
}

TEST(Refusals, ABatchNeedsRoomForEachNewAccountOnce) {
  const auto code_of = [](std::size_t room, const std::vector<std::string>& rows) {
    Book book(room * 80);
    book.Do("post dues cash 2026-05-01: debit 1101 5.00, credit 3101/1 5.00");
    v1::Command batch;
    batch.set_command_id(ScenarioId("batch"));
    batch.mutable_post_batch()->set_cooperative(20417);
    for (const std::string& row : rows) {
      *batch.mutable_post_batch()->add_transactions() = book.Read(row).post();
    }
    return book.ledger().Submit(batch).code;
  };
  const std::string old = "post dues cash 2026-05-01: debit 1101 5.00, credit 3101/1 5.00";
  const std::string second = "post dues cash 2026-05-01: debit 1101 5.00, credit 3101/2 5.00";
  const std::string third = "post dues cash 2026-05-01: debit 1101 5.00, credit 3101/3 5.00";
  EXPECT_EQ(code_of(2, {old, old, old}), v1::OK);
  EXPECT_EQ(code_of(2, {old, second}), v1::MEMORY_BUDGET);
  EXPECT_EQ(code_of(3, {old, second, second}), v1::OK);
  EXPECT_EQ(code_of(3, {second, third}), v1::MEMORY_BUDGET);
  EXPECT_EQ(code_of(4, {second, third, second, third}), v1::OK);
}

}  // namespace
}  // namespace lumbung
