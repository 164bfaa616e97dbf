// Whether a command is the one that an event recorded.
#include <functional>

#include <gtest/gtest.h>

#include "engine/domain/decide.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

class ContentTest : public testing::Test {
 protected:
  // Sends the row; then whether it is the same content with the change made.
  bool SameAfter(const std::string& row, const std::function<void(v1::Command&)>& change) {
    v1::Command command = book_.Read(row);
    book_.ledger().Submit(command);
    const v1::Event& event = book_.last();
    EXPECT_TRUE(SameContent(command, event)) << row;
    change(command);
    return SameContent(command, event);
  }

  Book book_;
};

constexpr char kSale[] = "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00";

TEST_F(ContentTest, RupiahSaidAndNotSaidAreTheSame) {
  EXPECT_TRUE(SameAfter(
      kSale, [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_currency("IDR"); }));
  EXPECT_TRUE(SameAfter(
      "post sale cash 2026-05-01 require 1101 >= 0.00: debit 1101 1.00, credit 4102 1.00",
      [](v1::Command& c) { c.mutable_post()->mutable_conditions(0)->set_currency("IDR"); }));
  EXPECT_TRUE(SameAfter("open 2111/1", [](v1::Command& c) {
    c.mutable_open_account()->mutable_account()->set_currency("IDR");
  }));
  EXPECT_TRUE(SameAfter("grant loan 5 9.00: 1 due 2026-06-12 principal 9.00",
                        [](v1::Command& c) { c.mutable_grant_loan()->set_currency("IDR"); }));
}

TEST_F(ContentTest, EveryOtherDifferenceCounts) {
  const std::function<void(v1::Command&)> changes[] = {
      [](v1::Command& c) { c.mutable_post()->set_kind("refund"); },
      [](v1::Command& c) { c.mutable_post()->set_business_date(20260502); },
      [](v1::Command& c) { c.mutable_post()->set_nature(v1::Transaction::FACT); },
      [](v1::Command& c) { c.mutable_post()->set_outlet(1); },
      [](v1::Command& c) { c.mutable_post()->set_reference("x"); },
      [](v1::Command& c) { c.mutable_post()->set_operator_(1); },
      [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_debit(99); },
      [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_holder(1); },
      [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_currency("USD"); },
      [](v1::Command& c) { c.mutable_post()->mutable_entries()->SwapElements(0, 1); },
      [](v1::Command& c) { c.mutable_post()->clear_entries(); },
      [](v1::Command& c) { c.mutable_post()->add_conditions()->set_code(1101); },
      [](v1::Command& c) { c.mutable_post()->set_reverses(ScenarioId("x")); },
      [](v1::Command& c) {
        const v1::Transaction transaction = c.post();
        *c.mutable_hold()->mutable_transaction() = transaction;
      },
      [](v1::Command& c) { c.mutable_open_account(); },
      [](v1::Command& c) { c.clear_body(); },
  };
  for (const auto& change : changes) {
    EXPECT_FALSE(SameAfter(kSale, change)) << (&change - changes);
  }
}

TEST_F(ContentTest, WhatWasFilledInDoesNotCount) {
  book_.Do("post sale cash 2026-05-01 as sale: debit 1101 1.00, credit 4102 1.00");
  EXPECT_FALSE(SameAfter("reverse sale 2026-05-01", [](v1::Command& c) {
    v1::Entry& entry = *c.mutable_post()->add_entries();
    entry.set_code(1101);
    entry.set_credit(100);
  }));
  book_.Do("hold sale card 2026-05-01 as hold: debit 1121 1.00, credit 4102 1.00");
  EXPECT_FALSE(SameAfter("capture hold 2026-05-01", [](v1::Command& c) {
    c.mutable_capture()->set_hold_id(ScenarioId("other"));
  }));
}

TEST_F(ContentTest, OfARefusalTheWholeCommandCounts) {
  constexpr char kDraw[] = "post dues cash 2026-05-01: debit 2111/1 1.00, credit 1102 1.00";
  EXPECT_TRUE(SameAfter(
      kDraw, [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_currency("IDR"); }));
  EXPECT_FALSE(SameAfter(
      kDraw, [](v1::Command& c) { c.mutable_post()->mutable_entries(0)->set_debit(99); }));
  EXPECT_FALSE(SameAfter(kDraw, [](v1::Command& c) {
    const v1::Transaction transaction = c.post();
    *c.mutable_hold()->mutable_transaction() = transaction;
  }));
  EXPECT_FALSE(SameAfter("hold dues card 2026-05-01: debit 2111/1 1.00, credit 1102 1.00",
                         [](v1::Command& c) { c.mutable_hold()->set_expires_at(1); }));
}

}  // namespace
}  // namespace lumbung
