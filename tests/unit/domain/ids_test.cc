// Which ids an event takes up, and whose they are.
#include "engine/domain/ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/decide.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CommandKey Key(std::string_view name, std::uint64_t cooperative = 20417) {
  return {*ParseUuid(ScenarioId(name)), cooperative, false};
}
CommandKey ReversalOf(std::string_view name) { return {*ParseUuid(ScenarioId(name)), 20417, true}; }
std::vector<CommandKey> KeysOf(const v1::Event& event) {
  std::vector<CommandKey> keys;
  AppendKeysOf(event, keys);
  return keys;
}

class IdsTest : public testing::Test {
 protected:
  Book book_;
};

TEST_F(IdsTest, MoneyTakesUpItsOwnAndWhatItReverses) {
  book_.Do("post sale cash 2026-05-01 as sale: debit 1101 1.00, credit 4102 1.00");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("sale")));
  book_.Do("reverse sale 2026-05-01 as undo");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("undo"), ReversalOf("sale")));
  book_.Do("hold sale card 2026-05-01 as hold: debit 1121 1.00, credit 4102 1.00");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("hold")));
  book_.Do("capture hold 2026-05-01 as capture");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("capture")));
  book_.Do("hold sale card 2026-05-01 as other: debit 1121 1.00, credit 4102 1.00");
  book_.Do("release other as release");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("release")));
}

TEST_F(IdsTest, ABatchTakesUpItsOwnAndEachItems) {
  v1::Command batch;
  batch.set_command_id(ScenarioId("batch"));
  batch.mutable_post_batch()->set_cooperative(20417);
  book_.Do("post sale cash 2026-05-01 as sale: debit 1101 1.00, credit 4102 1.00");
  *batch.mutable_post_batch()->add_transactions() =
      book_.Read("post sale cash 2026-05-01 as a: debit 1101 1.00, credit 4102 1.00").post();
  *batch.mutable_post_batch()->add_transactions() =
      book_.Read("reverse sale 2026-05-01 as b").post();
  ASSERT_EQ(book_.ledger().Submit(batch).code, v1::OK);
  EXPECT_THAT(KeysOf(book_.last()),
              ElementsAre(Key("batch"), Key("a"), Key("b"), ReversalOf("sale")));
}

TEST_F(IdsTest, AnExpiryHasNone) {
  book_.Do(
      "hold sale card 2026-05-01 as hold expires in 1 minute: debit 1121 1.00, credit 4102 1.00");
  book_.ledger().set_now(book_.ledger().now() + 60'000'000);
  book_.ledger().ReleaseDueHolds();
  ASSERT_TRUE(book_.last().hold_released().expired());
  EXPECT_THAT(KeysOf(book_.last()), IsEmpty());
  EXPECT_THAT(KeysOf(book_.ledger().events().front()), IsEmpty());
}

TEST_F(IdsTest, ARefusalTakesUpTheCommandsOnly) {
  EXPECT_EQ(
      book_.Send("post dues cash 2026-05-01 as draw: debit 2111/1 1.00, credit 1102 1.00").code,
      v1::INSUFFICIENT_FUNDS);
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("draw")));
}

TEST_F(IdsTest, EachCommandIsKeptUnderTheKeyThatItIsLookedUpBy) {
  for (const std::string row : {
           "cooperative 20418",
           "change cooperative 20417 village 32.04.12.2001",
           "publish chart kdmp version 2 from 2026-06-01: channel satellite",
           "holder member 184 active",
           "open 2111/184",
           "account 2111/184 frozen",
           "close operations through 2026-04-30",
           "grant loan 5 9.00: 1 due 2026-06-12 principal 9.00",
           "reschedule loan 5 version 2: 1 due 2026-06-12 principal 9.00",
           "report payment of loan 5 2026-05-01 instalment 1 due 2026-05-12 principal 9.00",
           "report status of loan 5 2026-05-01 overdue 1 days outstanding principal 9.00",
           "attest stock-count s 2026-05-01",
           "attest state",
           "erase key k",
           "change checkpoint key",
       }) {
    book_.reader().set_cooperative(20417);
    const v1::Command command = book_.Read(row);
    const Checked checked = Validate(command);
    ASSERT_EQ(checked.code, v1::OK) << row << ": " << checked.detail;
    const Decision decision = book_.ledger().Submit(command);
    ASSERT_EQ(decision.code, v1::OK) << row << ": " << decision.detail;
    EXPECT_THAT(KeysOf(book_.last()), ElementsAre(checked.key)) << row;
    EXPECT_EQ(checked.key.cooperative, CooperativeOf(command)) << row;
  }
}

TEST_F(IdsTest, APaymentThatUndoesAnotherTakesUpThatToo) {
  book_.Do("grant loan 5 9.00: 1 due 2026-06-12 principal 9.00");
  const std::string payment =
      "report payment of loan 5 2026-05-01 instalment 1 due 2026-05-12 principal 9.00 ";
  book_.Do(payment + "as paid");
  book_.Do(payment + "reverses paid as undone");
  EXPECT_THAT(KeysOf(book_.last()), ElementsAre(Key("undone"), ReversalOf("paid")));
}

TEST_F(IdsTest, ATransactionIsFoundInItsEventAndNoOther) {
  book_.Do("post sale cash 2026-05-01 as sale: debit 1101 1.00, credit 4102 1.00");
  EXPECT_NE(FindTransaction(book_.last(), ScenarioId("sale")), nullptr);
  EXPECT_EQ(FindTransaction(book_.last(), ScenarioId("other")), nullptr);
  EXPECT_EQ(FindTransaction(book_.ledger().events().front(), ScenarioId("sale")), nullptr);
}

// These go into ids for ever.
TEST(NameSpaces, MustNotChange) {
  EXPECT_EQ(FormatUuid(kRailNameSpace), "6a9a4a9e-2c0b-4bd4-9c5e-0f6a3f8f1d51");
  EXPECT_EQ(FormatUuid(kInvoiceNameSpace), "d0c1f2f4-58c5-4f0e-8f5e-7a8a0a3b9c62");
  EXPECT_EQ(FormatUuid(kIdempotencyNameSpace), "9f84a63e-ee94-49e9-92f2-2e0345366fd3");
}

}  // namespace
}  // namespace lumbung
