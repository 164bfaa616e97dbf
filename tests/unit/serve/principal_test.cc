// Every kind of command with every role, and what a grant can limit.
#include "engine/serve/principal.h"

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/domain/ids.h"

namespace lumbung {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::array kRoles{Role::kPoster, Role::kReader, Role::kAuditor, Role::kOperator,
                            Role::kBank};

// Who may give which command, by the name of its field. What is of no cooperative is of all.
struct Row {
  std::vector<Role> roles;
  bool of_cooperative = true;
};
const std::map<std::string, Row> kRows{
    {"post", {{Role::kPoster}}},
    {"post_batch", {{Role::kPoster}}},
    {"hold", {{Role::kPoster}}},
    {"capture", {{Role::kPoster}}},
    {"release", {{Role::kPoster}}},
    {"publish_chart", {{Role::kOperator}, false}},
    {"register_cooperative", {{Role::kOperator}}},
    {"change_cooperative", {{Role::kOperator}}},
    {"change_holder", {{Role::kOperator}}},
    {"open_account", {{Role::kOperator}}},
    {"change_account_status", {{Role::kOperator}}},
    {"close_period", {{Role::kOperator}}},
    {"grant_loan", {{Role::kOperator}}},
    {"replace_loan_schedule", {{Role::kOperator}}},
    {"report_loan_payment", {{Role::kBank, Role::kOperator}}},
    {"report_loan_status", {{Role::kBank, Role::kOperator}}},
    {"record_attestation", {{Role::kOperator}}},
    {"attest_state", {{Role::kOperator}, false}},
    {"record_erasure", {{Role::kOperator}}},
    {"change_checkpoint_key", {{Role::kOperator}, false}},
};

// Says of which cooperative a command is, wherever its message keeps that.
void SetCooperative(Message& message, std::uint64_t cooperative) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  if (const FieldDescriptor* field = descriptor->FindFieldByName("cooperative")) {
    reflection->SetUInt64(&message, field, cooperative);
  }
  for (const char* name : {"transaction", "account"}) {
    if (const FieldDescriptor* field = descriptor->FindFieldByName(name)) {
      SetCooperative(*reflection->MutableMessage(&message, field), cooperative);
    }
  }
  if (const FieldDescriptor* field = descriptor->FindFieldByName("transactions")) {
    SetCooperative(*reflection->AddMessage(&message, field), cooperative);
  }
}

v1::Command CommandOf(const std::string& name, std::uint64_t cooperative) {
  v1::Command command;
  const FieldDescriptor* field = v1::Command::descriptor()->FindFieldByName(name);
  SetCooperative(*command.GetReflection()->MutableMessage(&command, field), cooperative);
  return command;
}

Principal With(Grant grant) { return {"someone", {std::move(grant)}, {}}; }
Grant GrantOf(Role role, std::vector<CooperativeRange> cooperatives = {}) {
  Grant grant;
  grant.role = role;
  grant.cooperatives = std::move(cooperatives);
  return grant;
}
bool IsAmong(Role role, const std::vector<Role>& roles) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

TEST(Principal, HasARowForEveryCommand) {
  const auto* body = v1::Command::descriptor()->FindOneofByName("body");
  ASSERT_EQ(body->field_count(), static_cast<int>(kRows.size()));
  for (int i = 0; i < body->field_count(); ++i) {
    EXPECT_TRUE(kRows.contains(body->field(i)->name())) << body->field(i)->name();
  }
}

TEST(Principal, EveryCommandWithEveryRole) {
  constexpr std::uint64_t kOurs = 8;
  constexpr std::uint64_t kTheirs = 10;
  for (const auto& [name, row] : kRows) {
    for (const Role role : kRoles) {
      SCOPED_TRACE(name + " by " + std::string(RoleName(role)));
      const bool may = IsAmong(role, row.roles);
      const v1::Command ours = CommandOf(name, kOurs);
      const v1::Command theirs = CommandOf(name, kTheirs);
      ASSERT_EQ(CooperativeOf(ours), row.of_cooperative ? kOurs : 0);
      const Principal of_all = With(GrantOf(role));
      const Principal of_some = With(GrantOf(role, {{7, 9}}));
      EXPECT_EQ(of_all.WhyNot(ours).empty(), may) << of_all.WhyNot(ours);
      EXPECT_EQ(of_all.WhyNot(theirs).empty(), may);
      EXPECT_EQ(of_some.WhyNot(ours).empty(), may && row.of_cooperative);
      EXPECT_FALSE(of_some.WhyNot(theirs).empty());
      EXPECT_FALSE(Principal("nobody", {}, {}).WhyNot(ours).empty());
    }
  }
}

TEST(Principal, ACommandOfNothingIsForTheLedgerToRefuse) {
  for (const Role role : kRoles) {
    EXPECT_EQ(With(GrantOf(role)).WhyNot(v1::Command()), "");
  }
}

TEST(Principal, EveryReadWithEveryRole) {
  struct Expected {
    Role role;
    bool ours, theirs, replay, replay_of_some;
  };
  for (const Expected& row : {Expected{Role::kPoster, true, false, false, false},
                              Expected{Role::kReader, true, false, false, false},
                              Expected{Role::kAuditor, true, true, true, true},
                              Expected{Role::kOperator, true, false, true, false},
                              Expected{Role::kBank, false, false, false, false}}) {
    SCOPED_TRACE(RoleName(row.role));
    const Principal of_all = With(GrantOf(row.role));
    const Principal of_some = With(GrantOf(row.role, {{7, 9}}));
    EXPECT_EQ(of_some.MayRead(7), row.ours);
    EXPECT_EQ(of_some.MayRead(10), row.theirs);
    EXPECT_EQ(of_all.MayRead(10), row.ours);
    EXPECT_EQ(of_all.MayReplay(), row.replay);
    EXPECT_EQ(of_some.MayReplay(), row.replay_of_some);
    EXPECT_TRUE(of_some.MayOperate());
  }
  const Principal nobody("nobody", {}, {});
  EXPECT_FALSE(nobody.MayRead(7) || nobody.MayReplay() || nobody.MayOperate());
}

TEST(Principal, ReadsOfRegions) {
  const auto code = [](const char* text) { return ParseRegionCode(text).value(); };
  Grant west = GrantOf(Role::kReader);
  west.regions = {code("32"), code("33.01")};
  const Principal principal = With(west);
  for (const char* own : {"32", "32.04", "32.04.12", "32.04.12.2001", "33.01", "33.01.99.9999"}) {
    EXPECT_TRUE(principal.MayReadIn(code(own))) << own;
  }
  for (const char* other : {"ID", "33", "33.02", "31", "33.02.01.2001"}) {
    EXPECT_FALSE(principal.MayReadIn(code(other))) << other;
  }
  EXPECT_TRUE(principal.ReadsByRegion());
  // By their numbers it may read none, nor all of them.
  EXPECT_FALSE(principal.MayRead(0) || principal.MayRead(7) || principal.MayReplay());
  EXPECT_TRUE(principal.MayOperate());
  // With another grant beside it.
  const Principal both("someone", {west, GrantOf(Role::kReader, {{7, 9}})}, {});
  EXPECT_TRUE(both.MayRead(8) && both.MayReadIn(code("32.04")));
  EXPECT_FALSE(both.MayRead(10) || both.MayRead(0) || both.MayReadIn(code("31")));
  for (const Role role : kRoles) {
    SCOPED_TRACE(RoleName(role));
    const Principal of_all = With(GrantOf(role));
    EXPECT_EQ(of_all.MayReadIn(kNation), of_all.MayRead(0));
    EXPECT_EQ(of_all.MayReadIn(code("32.04")), of_all.MayRead(0));
    EXPECT_FALSE(of_all.ReadsByRegion());
    EXPECT_EQ(With(GrantOf(role, {{7, 9}})).MayReadIn(code("32")), role == Role::kAuditor);
    // The policy refuses it; it would not widen anything either.
    Grant odd = GrantOf(role);
    odd.regions = west.regions;
    EXPECT_EQ(With(odd).MayRead(7), role == Role::kAuditor);
    EXPECT_EQ(With(odd).MayReplay(), role == Role::kAuditor);
    EXPECT_FALSE(With(odd).WhyNot(CommandOf("post", 7)).empty());
    EXPECT_FALSE(With(odd).WhyNot(CommandOf("record_attestation", 7)).empty());
  }
}

TEST(Principal, CooperativesInRangesThatOverlap) {
  const Principal principal =
      With(GrantOf(Role::kReader, {{50, 60}, {1, 1}, {55, 58}, {60, 70}, {5, 9}}));
  for (std::uint64_t number = 0; number <= 80; ++number) {
    const bool expected =
        number == 1 || (number >= 5 && number <= 9) || (number >= 50 && number <= 70);
    EXPECT_EQ(principal.MayRead(number), expected) << number;
  }
}

v1::Transaction Sale(std::int64_t amount, const std::string& currency = "") {
  v1::Transaction transaction;
  transaction.set_cooperative(7);
  transaction.set_kind("sale");
  transaction.set_channel("qris");
  for (const bool debit : {true, false}) {
    v1::Entry& entry = *transaction.add_entries();
    entry.set_currency(currency);
    debit ? entry.set_debit(amount) : entry.set_credit(amount);
  }
  return transaction;
}

Grant LimitedPoster() {
  Grant grant = GrantOf(Role::kPoster);
  grant.kinds = {"sale", "refund"};
  grant.channels = {"qris"};
  grant.max_amount = 1'000;
  return grant;
}

TEST(Principal, PostsWithinItsGrant) {
  const Principal principal = With(LimitedPoster());
  EXPECT_EQ(principal.WhyNot(Sale(1'000)), "");
  v1::Transaction transaction = Sale(1'000);
  transaction.set_kind("transfer");
  EXPECT_EQ(principal.WhyNot(transaction), "poster: not this kind");
  transaction = Sale(1'000);
  transaction.set_channel("cash");
  EXPECT_EQ(principal.WhyNot(transaction), "poster: not on this channel");
  transaction = Sale(1'000);
  transaction.set_nature(v1::Transaction::FACT);
  EXPECT_EQ(principal.WhyNot(transaction), "poster: no facts");
  EXPECT_EQ(principal.WhyNot(Sale(1'001)), "poster: more than max_amount");

  Grant facts = LimitedPoster();
  facts.facts = true;
  EXPECT_EQ(With(facts).WhyNot(transaction), "");
}

TEST(Principal, AddsUpTheDebitsOfEachCurrency) {
  const Principal principal = With(LimitedPoster());
  v1::Transaction transaction = Sale(600);
  transaction.MergeFrom(Sale(600, "GBP"));
  transaction.set_kind("sale");
  EXPECT_EQ(principal.WhyNot(transaction), "") << "600 of each";
  transaction.MergeFrom(Sale(600, "IDR"));
  EXPECT_NE(principal.WhyNot(transaction), "") << "IDR and no currency are the same";

  v1::Transaction huge = Sale(INT64_MAX);
  huge.MergeFrom(Sale(INT64_MAX));
  EXPECT_NE(principal.WhyNot(huge), "") << "the sum must not wrap";
  v1::Transaction negative = Sale(1'001);
  negative.MergeFrom(Sale(-500));
  EXPECT_NE(principal.WhyNot(negative), "") << "what is negative makes no room";
  v1::Transaction long_one;
  for (int i = 0; i < 129; ++i) {
    long_one.MergeFrom(Sale(1));
  }
  EXPECT_NE(principal.WhyNot(long_one), "") << "258 entries";
}

TEST(Principal, KnowsNoAmountOfEntriesThatAreLeftOut) {
  v1::Command capture;
  *capture.mutable_capture()->mutable_transaction() = Sale(1);
  EXPECT_EQ(With(LimitedPoster()).WhyNot(capture), "");
  capture.mutable_capture()->mutable_transaction()->clear_entries();
  EXPECT_NE(With(LimitedPoster()).WhyNot(capture), "");
  Grant any_amount = LimitedPoster();
  any_amount.max_amount = 0;
  EXPECT_EQ(With(any_amount).WhyNot(capture), "");
}

TEST(Principal, EachTransactionOfABatchMustBeAllowed) {
  v1::Command command;
  command.mutable_post_batch()->set_cooperative(7);
  *command.mutable_post_batch()->add_transactions() = Sale(1'000);
  *command.mutable_post_batch()->add_transactions() = Sale(1'000);
  const Principal principal = With(LimitedPoster());
  EXPECT_EQ(principal.WhyNot(command), "");
  command.mutable_post_batch()->mutable_transactions(1)->set_channel("cash");
  EXPECT_NE(principal.WhyNot(command), "");

  command.mutable_post_batch()->mutable_transactions(1)->set_channel("qris");
  const Principal of_seven = With(GrantOf(Role::kPoster, {{7, 7}}));
  EXPECT_EQ(of_seven.WhyNot(command), "");
  command.mutable_post_batch()->mutable_transactions(1)->set_cooperative(8);
  EXPECT_NE(of_seven.WhyNot(command), "");
}

TEST(Principal, OneGrantHasToAllowAllOfIt) {
  Grant cash = LimitedPoster();
  cash.channels = {"cash"};
  cash.max_amount = 10;
  const Principal principal("both", {LimitedPoster(), cash}, {});
  EXPECT_EQ(principal.WhyNot(Sale(1'000)), "");
  v1::Transaction in_cash = Sale(10);
  in_cash.set_channel("cash");
  EXPECT_EQ(principal.WhyNot(in_cash), "");
  in_cash.mutable_entries(0)->set_debit(11);
  EXPECT_EQ(principal.WhyNot(in_cash), "poster: not on this channel; poster: more than max_amount");
}

TEST(Principal, ABankReportsOnItsOwnLoans) {
  Grant grant = GrantOf(Role::kBank, {{7, 7}});
  grant.lenders = {"002", "009"};
  const Principal bank = With(grant);
  EXPECT_TRUE(bank.MayReportLoan(7, "002"));
  EXPECT_TRUE(bank.MayReportLoan(7, "009"));
  EXPECT_FALSE(bank.MayReportLoan(7, "008"));
  EXPECT_FALSE(bank.MayReportLoan(8, "002"));
  EXPECT_FALSE(bank.MayReportLoan(7, "")) << "of a loan that is not there";
  EXPECT_FALSE(With(GrantOf(Role::kBank)).MayReportLoan(7, ""));
  EXPECT_TRUE(With(GrantOf(Role::kOperator)).MayReportLoan(7, "008"));
  EXPECT_FALSE(With(GrantOf(Role::kPoster)).MayReportLoan(7, "002"));
}

}  // namespace
}  // namespace lumbung
