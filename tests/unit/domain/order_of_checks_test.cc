// The documented order of checks: with two faults at once, the earlier one is named.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kOpenBook = 20417;
constexpr std::uint64_t kClosingBook = 20418;

// Which part of a transaction a fault needs for itself; two that need the same can't be combined.
enum Part : unsigned {
  kReference = 1,
  kLastEntry = 2,
  kId = 4,
  kCooperative = 8,
  kKind = 16,
  kChannel = 32,
  kReverses = 64,
  kCode = 128,
  kCurrency = 256,
  kHolder = 512,
  kDetails = 1024,
  kConditions = 2048,
  kDate = 4096,
  kHolders = 1 << 13,
  kStatus = 1 << 14,
  kLimits = 1 << 15,
  kAmount = 1 << 16,
};

struct Fault {
  v1::Code code;
  unsigned parts;
  void (*plant)(v1::Transaction& transaction);
};

void AddPair(v1::Transaction& transaction, std::uint32_t debit, std::uint64_t debit_holder,
             std::uint32_t credit, std::uint64_t credit_holder) {
  v1::Entry& first = *transaction.add_entries();
  first.set_code(debit);
  first.set_holder(debit_holder);
  first.set_debit(1);
  v1::Entry& second = *transaction.add_entries();
  second.set_code(credit);
  second.set_holder(credit_holder);
  second.set_credit(1);
}

// In the order in which they are checked. Entry 0 and 1 balance, 1 is on 4102.
const Fault kFaults[] = {
    {v1::MALFORMED, kReference, [](v1::Transaction& t) { t.set_reference(std::string(65, 'x')); }},
    {v1::UNBALANCED, kLastEntry,
     [](v1::Transaction& t) { t.mutable_entries(1)->set_credit(t.entries(1).credit() + 1); }},
    {v1::ID_CONFLICT, kId, [](v1::Transaction& t) { t.set_transaction_id(ScenarioId("used")); }},
    {v1::UNKNOWN_COOPERATIVE, kCooperative | kId,
     [](v1::Transaction& t) { t.set_cooperative(4711); }},
    {v1::UNKNOWN_KIND, kKind, [](v1::Transaction& t) { t.set_kind("gift"); }},
    {v1::UNKNOWN_CHANNEL, kChannel, [](v1::Transaction& t) { t.set_channel("pigeon"); }},
    {v1::UNKNOWN_TRANSACTION, kReverses,
     [](v1::Transaction& t) { t.set_reverses(ScenarioId("nothing")); }},
    {v1::NOT_REVERSIBLE, kReverses,
     [](v1::Transaction& t) { t.set_reverses(ScenarioId("reversal")); }},
    {v1::ALREADY_REVERSED, kReverses,
     [](v1::Transaction& t) { t.set_reverses(ScenarioId("reversed")); }},
    {v1::REVERSAL_MISMATCH, kReverses,
     [](v1::Transaction& t) { t.set_reverses(ScenarioId("target")); }},
    {v1::UNKNOWN_CODE, kCode, [](v1::Transaction& t) { t.mutable_entries(0)->set_code(1199); }},
    {v1::CODE_RETIRED, kCode | kReverses,
     [](v1::Transaction& t) { t.mutable_entries(0)->set_code(1142); }},
    {v1::UNKNOWN_CURRENCY, kCurrency,
     [](v1::Transaction& t) {
       t.mutable_entries(0)->set_currency("EUR");
       t.mutable_entries(1)->set_currency("EUR");
     }},
    {v1::HOLDER_MISMATCH, kHolder, [](v1::Transaction& t) { t.mutable_entries(0)->set_holder(7); }},
    {v1::UNKNOWN_HOLDER, kCode | kHolder,
     [](v1::Transaction& t) {
       t.mutable_entries(0)->set_code(2131);
       t.mutable_entries(0)->set_holder(99);
     }},
    {v1::UNKNOWN_ACCOUNT, kCode, [](v1::Transaction& t) { t.mutable_entries(0)->set_code(1103); }},
    {v1::UNKNOWN_LOAN, kDetails,
     [](v1::Transaction& t) { t.mutable_loan_disbursement()->set_loan(99); }},
    {v1::SPLIT_MISMATCH, kDetails,
     [](v1::Transaction& t) { t.mutable_loan_disbursement()->set_loan(5); }},
    {v1::UNKNOWN_CODE, kConditions, [](v1::Transaction& t) { t.add_conditions()->set_code(1199); }},
    {v1::PERIOD_CLOSED, kDate, [](v1::Transaction& t) { t.set_business_date(20260430); }},
    {v1::COOPERATIVE_CLOSED, kCooperative | kReverses,
     [](v1::Transaction& t) { t.set_cooperative(kClosingBook); }},
    {v1::HOLDER_CLOSED, kHolders, [](v1::Transaction& t) { AddPair(t, 2151, 186, 2151, 186); }},
    {v1::ACCOUNT_FROZEN, kStatus, [](v1::Transaction& t) { AddPair(t, 1102, 0, 2111, 184); }},
    {v1::ACCOUNT_CLOSED, kStatus, [](v1::Transaction& t) { AddPair(t, 1102, 0, 2111, 185); }},
    {v1::INSUFFICIENT_FUNDS, kLimits, [](v1::Transaction& t) { AddPair(t, 2111, 187, 1102, 0); }},
    {v1::LIMIT_EXCEEDED, kLimits, [](v1::Transaction& t) { AddPair(t, 1102, 0, 2111, 188); }},
    {v1::CONDITION_FAILED, kConditions,
     [](v1::Transaction& t) {
       v1::Condition& condition = *t.add_conditions();
       condition.set_code(1111);
       condition.set_minimum_available(1'000'000);
     }},
    {v1::AMOUNT_OVERFLOW, kAmount, [](v1::Transaction& t) { AddPair(t, 1191, 0, 1102, 0); }},
};

// A book in which each of the faults can be planted.
void Prepare(Book& book) {
  book.Do("post sale cash 2026-05-01 as used: debit 1101 1.00, credit 4102 1.00");
  book.Do("post sale cash 2026-05-01 as target: debit 1101 1.00, credit 4102 1.00");
  book.Do("post sale cash 2026-05-01 as reversed: debit 1101 1.00, credit 4102 1.00");
  book.Do("reverse reversed 2026-05-01 as reversal");
  book.Do("grant loan 5 9.00: 1 due 2026-06-12 principal 9.00");
  book.Do("holder member 186 closed from 2026-01-01");
  book.Do("account 2111/184 frozen");
  book.Do("account 2111/185 closed");
  book.Do("open 2111/188 maximum 0.00");
  book.Do(
      "post opening-balance journal 2026-05-01: debit 1191 92233720368547758.07, credit 3201 "
      "92233720368547758.07");
  book.Do("close operations through 2026-04-30");
}

v1::Command Base(Book& book) {
  book.reader().set_cooperative(kOpenBook);
  return book.Read("post sale cash 2026-05-01: debit 1101 10.00, credit 4102 10.00");
}

class OrderOfChecks : public testing::Test {
 protected:
  OrderOfChecks() {
    book_.Do(
        "publish chart kdmp version 2 from 2026-01-01: code 1103 \"Safe\" asset by debit explicit, "
        "retire 1142 from 2026-01-01 for 1141");
    Prepare(book_);
    book_.Do("cooperative " + std::to_string(kClosingBook));
    Prepare(book_);
    book_.Do("change cooperative " + std::to_string(kClosingBook) +
             " from 2026-01-01 status closing");
  }

  // The code of the base transaction with these faults. What would be recorded is, in the book:
  // each trial has an id of its own.
  v1::Code CodeWith(const std::vector<const Fault*>& faults) {
    v1::Command command = Base(book_);
    for (const Fault* fault : faults) {
      fault->plant(*command.mutable_post());
    }
    return book_.ledger().Submit(command).code;
  }

  Book book_;
};

TEST_F(OrderOfChecks, EachFaultAloneIsNamed) {
  EXPECT_EQ(CodeWith({}), v1::OK);
  for (const Fault& fault : kFaults) {
    EXPECT_EQ(CodeWith({&fault}), fault.code) << v1::Code_Name(fault.code);
  }
}

TEST_F(OrderOfChecks, OfTwoFaultsTheEarlierIsNamed) {
  int pairs = 0;
  for (const Fault& first : kFaults) {
    for (const Fault* second = &first + 1; second != std::end(kFaults); ++second) {
      if ((first.parts & second->parts) != 0) {
        continue;
      }
      ++pairs;
      EXPECT_EQ(CodeWith({&first, second}), first.code)
          << v1::Code_Name(first.code) << " and " << v1::Code_Name(second->code);
      EXPECT_EQ(CodeWith({second, &first}), first.code)
          << v1::Code_Name(second->code) << " and " << v1::Code_Name(first.code);
    }
  }
  EXPECT_GT(pairs, 300);
}

TEST_F(OrderOfChecks, EntriesAreCheckedOneAfterTheOther) {
  v1::Command command = Base(book_);
  command.mutable_post()->mutable_entries(0)->set_code(1142);
  command.mutable_post()->mutable_entries(1)->set_code(1199);
  EXPECT_EQ(book_.ledger().Submit(command).code, v1::CODE_RETIRED);
  command.mutable_post()->mutable_entries()->SwapElements(0, 1);
  EXPECT_EQ(book_.ledger().Submit(command).code, v1::UNKNOWN_CODE);
}

TEST_F(OrderOfChecks, ACaptureNamesKindAndChannelBeforeItsHold) {
  book_.reader().set_cooperative(kOpenBook);
  book_.Do("hold sale card 2026-05-01 as hold: debit 1121 1.00, credit 4102 1.00");
  const auto code = [&](const std::string& row) { return book_.Send(row).code; };
  EXPECT_EQ(code("capture none 2026-05-01 kind gift channel pigeon"), v1::UNKNOWN_KIND);
  EXPECT_EQ(code("capture none 2026-05-01 channel pigeon"), v1::UNKNOWN_CHANNEL);
  EXPECT_EQ(code("capture none 2026-04-30: debit 1199 1.00, credit 4102 1.00"), v1::UNKNOWN_HOLD);
  EXPECT_EQ(code("capture hold 2026-04-30: debit 1199 1.00, credit 4102 1.00"), v1::HOLD_EXCEEDED);
  EXPECT_EQ(code("capture hold 2026-04-30"), v1::PERIOD_CLOSED);
  EXPECT_EQ(code("capture hold 2026-05-01"), v1::OK);
  EXPECT_EQ(code("capture hold 2026-04-30"), v1::HOLD_ENDED);
}

// The first answer stands, whatever has become of what it refers to.
TEST_F(OrderOfChecks, AnIdSeenBeforeIsAnsweredBeforeAnythingElse) {
  const v1::Command command = Base(book_);
  EXPECT_EQ(book_.ledger().Submit(command).code, v1::OK);
  book_.Do("change cooperative 20417 status closed");
  book_.Do("close operations through 2026-05-01");
  const Decision again = book_.ledger().Submit(command);
  EXPECT_EQ(again.code, v1::OK);
  EXPECT_TRUE(again.replayed);
}

}  // namespace
}  // namespace lumbung
