// Validate: what single fields want, ids and keys, balance, batches and charts.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/decide.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

using testing::HasSubstr;

constexpr char kSale[] = "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00";
constexpr char kChart[] =
    "publish chart new version 1 from 2026-05-01: code 1 \"Cash\" asset by debit";

class ValidateTest : public testing::Test {
 protected:
  v1::Command Read(const std::string& row) { return book_.Read(row); }
  v1::Code CodeOf(const v1::Command& command) { return Validate(command).code; }

  Book book_;
};

TEST_F(ValidateTest, NamesAreOfSmallLettersDigitsAndDashes) {
  for (const std::string name : {"a", "0", "a-b_c9"}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_kind(name);
    EXPECT_EQ(CodeOf(command), v1::OK) << name;
  }
  for (const std::string name : {"A", "a b", "a.b", "é", "a\n"}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_kind(name);
    EXPECT_EQ(CodeOf(command), v1::MALFORMED) << name;
  }
}

TEST_F(ValidateTest, TextsHoldNoControlCharacters) {
  for (const std::string text : {"plain", "with space", "Größe", "|;<>\"'"}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_reference(text);
    EXPECT_EQ(CodeOf(command), v1::OK) << text;
  }
  for (const std::string& text : {std::string("a\nb"), std::string("\x7f"), std::string("\x1b[2J"),
                                  std::string("a\0b", 3), std::string("\t")}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_reference(text);
    EXPECT_EQ(CodeOf(command), v1::MALFORMED);
  }
}

TEST_F(ValidateTest, CooperativesAreNumbersFrom1To999999999999) {
  for (const std::uint64_t number : {std::uint64_t{1}, kMaxCooperative}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_cooperative(number);
    EXPECT_EQ(CodeOf(command), v1::OK) << number;
  }
  for (const std::uint64_t number : {std::uint64_t{0}, kMaxCooperative + 1, ~std::uint64_t{0}}) {
    v1::Command command = Read(kSale);
    command.mutable_post()->set_cooperative(number);
    EXPECT_EQ(CodeOf(command), v1::MALFORMED) << number;
  }
}

TEST_F(ValidateTest, ATransactionBringsItsIdAndOthersTheirs) {
  v1::Command post = Read(kSale);
  post.set_command_id(post.post().transaction_id());
  EXPECT_EQ(CodeOf(post), v1::OK);
  post.set_command_id(ScenarioId("other"));
  EXPECT_EQ(CodeOf(post), v1::MALFORMED);
  post.clear_command_id();
  post.mutable_post()->clear_transaction_id();
  EXPECT_EQ(CodeOf(post), v1::MALFORMED);

  v1::Command open = Read("open 2111/1");
  EXPECT_EQ(CodeOf(open), v1::OK);
  open.clear_command_id();
  EXPECT_EQ(CodeOf(open), v1::MALFORMED);
  open.set_command_id("018F3A5C-7D00-7000-8000-000000000001");
  EXPECT_EQ(CodeOf(open), v1::MALFORMED);
}

TEST_F(ValidateTest, TheKeyIsOfTheIdAndItsCooperative) {
  const v1::Command sale = Read(kSale);
  const Checked checked = Validate(sale);
  EXPECT_EQ(checked.key, (CommandKey{*ParseUuid(sale.post().transaction_id()), 20417, false}));
  EXPECT_EQ(Validate(Read("attest state")).key.cooperative, 0u);
}

TEST_F(ValidateTest, BalancesPerCurrencyInMoreThan64Bits) {
  v1::Command command = Read(kSale);
  command.mutable_post()->clear_entries();
  for (int i = 0; i < 4; ++i) {
    v1::Entry& entry = *command.mutable_post()->add_entries();
    entry.set_code(1101);
    entry.set_debit(INT64_MAX);
  }
  // Four times the most is -4 in 64 bits.
  v1::Entry& balance = *command.mutable_post()->add_entries();
  balance.set_code(1102);
  balance.set_debit(4);
  EXPECT_EQ(CodeOf(command), v1::UNBALANCED);
  v1::Command currencies =
      Read("post sale cash 2026-05-01: debit 1101:USD 1.00, credit 4102:GBP 1.00");
  EXPECT_EQ(CodeOf(currencies), v1::UNBALANCED);
  v1::Command same = Read("post sale cash 2026-05-01: debit 1101:IDR 1.00, credit 4102 1.00");
  EXPECT_EQ(CodeOf(same), v1::OK);
}

TEST_F(ValidateTest, OnlyReversalsAndCapturesComeWithoutEntries) {
  EXPECT_EQ(CodeOf(Read("post sale cash 2026-05-01")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read("reverse s 2026-05-01")), v1::OK);
  EXPECT_EQ(CodeOf(Read("capture h 2026-05-01")), v1::OK);
  EXPECT_EQ(CodeOf(Read("hold sale cash 2026-05-01")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read("hold sale cash 2026-05-01 reverses s")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read("capture h 2026-05-01 reverses s")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read("reverse s 2026-05-01 as s")), v1::MALFORMED);
}

class BatchTest : public ValidateTest {
 protected:
  v1::Command BatchOf(int items) {
    v1::Command command;
    command.set_command_id(ScenarioId("batch"));
    command.mutable_post_batch()->set_cooperative(20417);
    for (int i = 0; i < items; ++i) {
      *command.mutable_post_batch()->add_transactions() = Read(kSale).post();
    }
    return command;
  }
};

TEST_F(BatchTest, HasOneTo256Items) {
  EXPECT_EQ(CodeOf(BatchOf(0)), v1::MALFORMED);
  EXPECT_EQ(CodeOf(BatchOf(1)), v1::OK);
  EXPECT_EQ(CodeOf(BatchOf(256)), v1::OK);
  EXPECT_EQ(CodeOf(BatchOf(257)), v1::MALFORMED);
}

TEST_F(BatchTest, IsOfOneCooperativeWithIdsOfItsOwn) {
  v1::Command other = BatchOf(2);
  other.mutable_post_batch()->mutable_transactions(1)->set_cooperative(20418);
  EXPECT_EQ(CodeOf(other), v1::MALFORMED);
  v1::Command twice = BatchOf(2);
  twice.mutable_post_batch()->mutable_transactions(1)->set_transaction_id(
      twice.post_batch().transactions(0).transaction_id());
  EXPECT_EQ(CodeOf(twice), v1::MALFORMED);
  v1::Command own = BatchOf(2);
  own.mutable_post_batch()->mutable_transactions(1)->set_transaction_id(own.command_id());
  EXPECT_EQ(CodeOf(own), v1::MALFORMED);
}

TEST_F(BatchTest, NamesTheItem) {
  v1::Command command = BatchOf(3);
  command.mutable_post_batch()->mutable_transactions(2)->set_kind("");
  EXPECT_THAT(Validate(command).detail, HasSubstr("transactions[2].kind"));
}

// At most 56,000 bytes, so that what is recorded about it fits an event.
TEST_F(BatchTest, FitsAnEvent) {
  v1::Command command = BatchOf(100);
  auto& sealed = *command.mutable_post_batch()->mutable_transactions(0)->mutable_sealed();
  sealed.set_key_id("k");
  for (int i = 0; command.ByteSizeLong() < 55'000; ++i) {
    command.mutable_post_batch()->mutable_transactions(i)->mutable_sealed()->set_key_id("k");
    command.mutable_post_batch()->mutable_transactions(i)->mutable_sealed()->set_ciphertext(
        std::string(1000, 'x'));
  }
  std::string& filler =
      *command.mutable_post_batch()->mutable_transactions(99)->mutable_reference();
  while (command.ByteSizeLong() < 56'000 && filler.size() < 64) {
    filler.push_back('x');
  }
  std::string& more = *command.mutable_post_batch()
                           ->mutable_transactions(0)
                           ->mutable_sealed()
                           ->mutable_ciphertext();
  while (command.ByteSizeLong() < 56'000) {
    more.push_back('x');
  }
  ASSERT_EQ(command.ByteSizeLong(), 56'000u);
  EXPECT_EQ(CodeOf(command), v1::OK);
  more.push_back('x');
  ASSERT_EQ(command.ByteSizeLong(), 56'001u);
  EXPECT_EQ(CodeOf(command), v1::TOO_LARGE);
}

TEST_F(ValidateTest, ChartsHaveEachKeyOnce) {
  EXPECT_EQ(CodeOf(Read(std::string(kChart) + ", kind a, kind b, channel a, class a")), v1::OK);
  for (const std::string part :
       {"code 1 \"Cash\" asset by debit", "kind a, kind a", "channel a, channel a",
        "class a, class a", "currency IDR 2, currency IDR 2"}) {
    EXPECT_EQ(CodeOf(Read(std::string(kChart) + ", " + part)), v1::MALFORMED) << part;
  }
}

TEST_F(ValidateTest, AChartAsksForHoldersOnlyWhereItSaysWhatTheyAre) {
  EXPECT_EQ(CodeOf(Read(std::string(kChart) + " required")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read(std::string(kChart) + " registered")), v1::MALFORMED);
  EXPECT_EQ(CodeOf(Read(std::string(kChart) + " holder member required registered")), v1::OK);
}

}  // namespace
}  // namespace lumbung
