// Reads through the gateway: as of what is durable, in pages that hold, and denied without a word
// of whether there is something.
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "engine/chain/checkpoint.h"
#include "engine/chain/hash.h"
#include "engine/chain/tree.h"
#include "engine/commit/shard_of.h"
#include "tests/unit/serve/gateway_fixture.h"

namespace lumbung {
namespace {

using Kind = CallError::Kind;

constexpr std::uint64_t kMember = 184;

class GatewayReadsTest : public GatewayTest {
 protected:
  void SetUp() override { shards_ = 2; }
  Shard& Home() { return ledger_->shard(ShardOf(kTestCooperative, shards_)); }
  static v1::GetAccountRequest AccountRequest(std::uint32_t code) {
    v1::GetAccountRequest request;
    request.mutable_account()->set_cooperative(kTestCooperative);
    request.mutable_account()->set_code(code);
    return request;
  }
};

TEST_F(GatewayReadsTest, WhatWasAcknowledgedIsRead) {
  Start();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const Answer answer = Execute(Deposit(RandomId(i), kMember, 10));
    const auto account = GetAccount(everyman_, 2111, kMember);
    ASSERT_FALSE(account.error) << account.error->detail;
    EXPECT_EQ(account.response.balance().balance(), static_cast<std::int64_t>(10 * i));
    EXPECT_EQ(account.response.last_sequence(), answer.sequence);
    EXPECT_EQ(account.response.as_of(), answer.sequence);
    const auto transaction = GetTransaction(everyman_, RandomId(i));
    ASSERT_FALSE(transaction.error);
    EXPECT_EQ(transaction.response.result().sequence(), answer.sequence);
    EXPECT_EQ(transaction.response.result().hash(), AsView(answer.hash));
    EXPECT_EQ(transaction.response.result().posting_date(), answer.posting_date);
    EXPECT_EQ(transaction.response.result().shard(), ShardOf(kTestCooperative, 2));
    EXPECT_EQ(AsView(Hasher().Leaf(transaction.response.event())),
              transaction.response.result().hash());
  }
}

// What each of the reads says to somebody.
TEST_F(GatewayReadsTest, WhoReadsByRegionReadsWhatLiesThereNow) {
  Start();
  ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  const auto denied = [&](const PrincipalPtr& who, std::uint64_t cooperative) {
    v1::ListAccountsRequest accounts;
    accounts.set_cooperative(cooperative);
    const std::vector<std::optional<CallError>> errors = {
        GetAccount(who, 1101, 0, cooperative).error,
        GetTransaction(who, RandomId(1), cooperative).error, GetCooperative(who, cooperative).error,
        ListAccounts(who, accounts).error};
    int denials = 0;
    for (const auto& error : errors) {
      denials += error && error->kind == Kind::kDenied ? 1 : 0;
    }
    EXPECT_TRUE(denials == 0 || denials == static_cast<int>(errors.size())) << denials;
    return denials != 0;
  };
  const PrincipalPtr here = PrincipalOf("here", {GrantIn({"32.04"})});
  const PrincipalPtr there = PrincipalOf("there", {GrantIn({"33", "32.04.13"})});
  EXPECT_FALSE(denied(here, kTestCooperative));
  EXPECT_FALSE(GetAccount(here, 1101).error);
  EXPECT_TRUE(denied(there, kTestCooperative));
  // One that is not there is denied like one that is elsewhere; of all they may read none.
  EXPECT_TRUE(denied(here, 7));
  EXPECT_EQ(ListAccounts(here, {}).error->kind, Kind::kDenied);
  EXPECT_EQ(GetTransaction(here, RandomId(2)).error->kind, Kind::kNotFound);

  // It moves, from tomorrow on by its own clock; noon in Greenwich is evening in Jakarta.
  v1::Command move = RegisterCooperative(RandomId(3));
  *move.mutable_change_cooperative() = v1::Cooperative(move.register_cooperative());
  move.mutable_change_cooperative()->set_effective_date(kTestDate + 1);
  move.mutable_change_cooperative()->set_village_code("33.22.13.2004");
  ASSERT_EQ(Execute(move).code, v1::OK);
  EXPECT_FALSE(denied(here, kTestCooperative));
  EXPECT_TRUE(denied(there, kTestCooperative));
  clock_.Advance(std::int64_t{12} * 3'600 * 1'000'000);
  EXPECT_TRUE(denied(here, kTestCooperative));
  EXPECT_FALSE(denied(there, kTestCooperative));
}

TEST_F(GatewayReadsTest, WhatIsNotDurableIsNotShown) {
  Start();
  ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  const std::uint64_t head = Home().head().sequence;
  gate_->Close();
  auto writing = Submit(everyman_, {Sale(RandomId(2))});
  gate_->AwaitArrival();
  v1::GetTransactionRequest wanted;
  wanted.set_cooperative(kTestCooperative);
  wanted.set_transaction_id(RandomId(2));
  auto account = StartRead(&Gateway::GetAccount, everyman_, AccountRequest(1101));
  auto transaction = StartRead(&Gateway::GetTransaction, everyman_, wanted);
  v1::ReplayResponse events;
  EXPECT_FALSE(
      gateway_->ReadEvents(CallOf(everyman_), ShardOf(kTestCooperative, 2), 1, 1 << 20, events));
  EXPECT_EQ(events.head(), head);
  EXPECT_EQ(static_cast<std::uint64_t>(events.events_size()), head);
  EXPECT_FALSE(IsReady(account));
  EXPECT_FALSE(IsReady(transaction));
  EXPECT_FALSE(IsReady(writing));
  gate_->Open();
  // What they saw is durable by the time that they say it.
  const auto read = account.get();
  EXPECT_EQ(read.response.balance().balance(), 200);
  EXPECT_EQ(read.response.as_of(), head + 1);
  EXPECT_GE(Home().head().sequence, head + 1);
  EXPECT_EQ(transaction.get().response.result().sequence(), head + 1);
  EXPECT_FALSE(writing.get().error);
}

TEST_F(GatewayReadsTest, AnAccountSaysAllOfItself) {
  Start();
  ASSERT_EQ(Execute(Deposit(RandomId(1), kMember, 1'000)).code, v1::OK);
  ASSERT_EQ(Execute(HoldSavings(RandomId(2), kMember, 300)).code, v1::OK);
  v1::Command frozen = ChangeAccountStatus(RandomId(3), 2111, kMember, v1::AccountStatus::FROZEN);
  frozen.mutable_change_account_status()->mutable_limits()->set_maximum(5'000);
  const Answer last = Execute(frozen);
  ASSERT_EQ(last.code, v1::OK) << last.detail;
  const auto account = GetAccount(everyman_, 2111, kMember).response;
  EXPECT_EQ(account.balance().balance(), 1'000);
  EXPECT_EQ(account.balance().held_debit(), 300);
  EXPECT_EQ(account.balance().held_credit(), 0);
  EXPECT_EQ(account.balance().available(), 700);
  EXPECT_EQ(account.status(), v1::AccountStatus::FROZEN);
  EXPECT_EQ(account.limits().maximum(), 5'000);
  EXPECT_FALSE(account.limits().has_minimum());
  EXPECT_EQ(account.last_sequence(), last.sequence);
  // An ordinary account is implied, and costs nothing until it is posted to.
  const auto untouched = GetAccount(everyman_, 1101, 0);
  ASSERT_FALSE(untouched.error);
  const auto implied = GetAccount(everyman_, 2111, 999);
  ASSERT_FALSE(implied.error);
  EXPECT_EQ(implied.response.last_sequence(), 0U);
  EXPECT_EQ(implied.response.status(), v1::AccountStatus::OPEN);
}

TEST_F(GatewayReadsTest, WrongQuestionsAreSaidToBeWrong) {
  Start();
  EXPECT_EQ(GetAccount(everyman_, 0).error->field, "account");
  EXPECT_EQ(GetAccount(everyman_, 1101, 0, 0).error->kind, Kind::kInvalid);
  EXPECT_EQ(GetTransaction(everyman_, "no uuid").error->field, "transaction_id");
  EXPECT_EQ(GetTransaction(everyman_, RandomId(1), std::uint64_t{1} << 63).error->field,
            "cooperative");
  v1::ListAccountsRequest list;
  list.set_cooperative(kTestCooperative);
  list.set_page_size(1'001);
  EXPECT_EQ(ListAccounts(everyman_, list).error->field, "page_size");
  list.set_page_size(1);
  for (const char* cursor : {"nonsense", "!!", "AAAA"}) {
    list.set_cursor(cursor);
    EXPECT_EQ(ListAccounts(everyman_, list).error->field, "cursor") << cursor;
  }
  v1::ReplayResponse events;
  EXPECT_EQ(gateway_->ReadEvents(CallOf(everyman_), 2, 1, 100, events)->field, "shard");
}

TEST_F(GatewayReadsTest, WhatIsNotThereIsNotFound) {
  Start();
  EXPECT_EQ(GetAccount(everyman_, 1101, 0, 999).error->code, v1::UNKNOWN_COOPERATIVE);
  EXPECT_EQ(GetCooperative(everyman_, 999).error->kind, Kind::kNotFound);
  const auto none = GetTransaction(everyman_, RandomId(1));
  EXPECT_EQ(none.error->kind, Kind::kNotFound);
  EXPECT_EQ(none.error->code, v1::UNKNOWN_TRANSACTION);
  v1::ListAccountsRequest list;
  list.set_cooperative(999);
  EXPECT_EQ(ListAccounts(everyman_, list).response.accounts_size(), 0);
}

TEST_F(GatewayReadsTest, DenialsDoNotSayWhetherThereIsSomething) {
  Start();
  ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  const auto reader = PrincipalOf("reader", {GrantOf(Role::kReader, {{5, 5}})});
  const auto same = [](const std::optional<CallError>& a, const std::optional<CallError>& b) {
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->kind, Kind::kDenied);
    EXPECT_EQ(b->kind, Kind::kDenied);
    EXPECT_EQ(a->code, b->code);
    EXPECT_EQ(a->detail, b->detail);
    EXPECT_EQ(a->field, b->field);
  };
  same(GetAccount(reader, 1101).error, GetAccount(reader, 1101, 0, 999).error);
  same(GetAccount(reader, 1101).error, GetAccount(reader, 4777).error);
  same(GetTransaction(reader, RandomId(1)).error, GetTransaction(reader, RandomId(2)).error);
  same(GetTransaction(reader, RandomId(1)).error, GetTransaction(reader, RandomId(1), 999).error);
  same(GetCooperative(reader, kTestCooperative).error, GetCooperative(reader, 999).error);
  v1::ListAccountsRequest there;
  there.set_cooperative(kTestCooperative);
  v1::ListAccountsRequest not_there;
  not_there.set_cooperative(999);
  same(ListAccounts(reader, there).error, ListAccounts(reader, not_there).error);
  v1::ReplayResponse events;
  same(gateway_->ReadEvents(CallOf(reader), 0, 1, 100, events),
       gateway_->ReadEvents(CallOf(reader), 7, 1, 100, events));
  same(GetLedgerInfo(PrincipalOf("nobody", {})).error,
       GetLedgerInfo(PrincipalOf("nobody", {})).error);
  EXPECT_FALSE(GetLedgerInfo(reader).error);
}

// Who pages while accounts are opened misses none of those that were there.
TEST_F(GatewayReadsTest, CursorsHoldWhileAccountsAreOpened) {
  Start();
  std::vector<v1::Command> commands;
  for (std::uint64_t i = 0; i < 50; ++i) {
    commands.push_back(Deposit(RandomId(i), 1'000 + 10 * i, 5));
  }
  ASSERT_FALSE(Submit(everyman_, commands).get().error);
  v1::ListAccountsRequest request;
  request.set_cooperative(kTestCooperative);
  request.set_code(2111);
  request.set_page_size(7);
  std::map<std::uint64_t, int> seen;
  std::uint64_t opened = 0;
  int pages = 0;
  while (true) {
    const auto page = ListAccounts(everyman_, request);
    ASSERT_FALSE(page.error) << page.error->detail;
    ++pages;
    for (const auto& account : page.response.accounts()) {
      ++seen[account.balance().account().holder()];
      EXPECT_EQ(account.balance().balance(), 5);
      EXPECT_EQ(account.as_of(), page.response.as_of());
    }
    if (page.response.next_cursor().empty()) {
      break;
    }
    EXPECT_EQ(page.response.accounts_size(), 7);
    request.set_cursor(page.response.next_cursor());
    // Before and behind the cursor.
    ++opened;
    ASSERT_EQ(Execute(Deposit(RandomId(1'000 + opened), opened, 5)).code, v1::OK);
    ASSERT_EQ(Execute(Deposit(RandomId(2'000 + opened), 10'000 + opened, 5)).code, v1::OK);
  }
  EXPECT_GE(pages, 8);
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(seen[1'000 + 10 * i], 1);
  }
  for (const auto& [holder, times] : seen) {
    EXPECT_EQ(times, 1) << holder;
  }
  // A cursor of another cooperative's page is none.
  request.set_cooperative(5);
  EXPECT_EQ(ListAccounts(everyman_, request).error->field, "cursor");
}

// Of all cooperatives, through all shards, in pages; for those alone who may read all.
TEST_F(GatewayReadsTest, ListsAllCooperatives) {
  shards_ = 3;
  Start();
  std::vector<v1::Command> commands;
  std::set<std::uint32_t> lived_in;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const std::uint64_t cooperative = 100 + i;
    lived_in.insert(ShardOf(cooperative, shards_));
    commands.push_back(RegisterCooperative(RandomId(10 + i), cooperative));
    commands.push_back(Sale(RandomId(20 + i), 100, cooperative));
  }
  ASSERT_GE(lived_in.size(), 2U);
  for (const Answer& answer : Submit(everyman_, commands).get().response) {
    ASSERT_EQ(answer.code, v1::OK) << answer.detail;
  }
  v1::ListAccountsRequest request;
  request.set_page_size(3);
  std::set<std::pair<std::uint64_t, std::uint32_t>> seen;
  while (true) {
    const auto page = ListAccounts(everyman_, request);
    ASSERT_FALSE(page.error) << page.error->detail;
    for (const auto& row : page.response.accounts()) {
      const v1::Account& account = row.balance().account();
      EXPECT_TRUE(seen.emplace(account.cooperative(), account.code()).second);
      EXPECT_EQ(row.grows_by(), account.code() == 4101 ? v1::CREDIT : v1::DEBIT);
      EXPECT_FALSE(row.name_id().empty() || row.name_en().empty());
      EXPECT_EQ(row.exponent(), 2U);
    }
    if (page.response.next_cursor().empty()) {
      break;
    }
    request.set_cursor(page.response.next_cursor());
  }
  EXPECT_EQ(seen.size(), 10U) << "two accounts of each of the five";
  request.clear_cursor();
  request.set_code(4101);
  EXPECT_EQ(ListAccounts(everyman_, request).error->field, "code");
  const PrincipalPtr of_some = PrincipalOf("some", {GrantOf(Role::kReader, {{1, 1'000}})});
  EXPECT_EQ(ListAccounts(of_some, {}).error->kind, CallError::Kind::kDenied);
}

TEST_F(GatewayReadsTest, ACooperativeSaysAllOfItself) {
  Start();
  v1::Command change;
  change.set_command_id(RandomId(1));
  *change.mutable_change_cooperative() = RegisterCooperative("").register_cooperative();
  change.mutable_change_cooperative()->set_effective_date(20260601);
  ASSERT_EQ(Execute(change).code, v1::OK);
  v1::Command closing;
  closing.set_command_id(RandomId(2));
  closing.mutable_close_period()->set_cooperative(kTestCooperative);
  closing.mutable_close_period()->set_through_date(20260430);
  closing.mutable_close_period()->set_stage(v1::PeriodClosing::OPERATIONS);
  const Answer closed = Execute(closing);
  ASSERT_EQ(closed.code, v1::OK) << closed.detail;
  const auto found = GetCooperative(everyman_, kTestCooperative).response;
  ASSERT_EQ(found.versions_size(), 2);
  EXPECT_EQ(found.versions(0).effective_date(), 20250101);
  EXPECT_EQ(found.versions(1).effective_date(), 20260601);
  EXPECT_EQ(found.operations_closed_through(), 20260430);
  EXPECT_EQ(found.closed_through(), 0);
  EXPECT_EQ(found.shard(), ShardOf(kTestCooperative, 2));
  EXPECT_EQ(found.as_of(), closed.sequence);
}

TEST_F(GatewayReadsTest, LedgerInfoIsWhatTheLogComesTo) {
  Start();
  for (std::uint64_t i = 0; i < 10; ++i) {
    ASSERT_EQ(Execute(Sale(RandomId(i))).code, v1::OK);
  }
  const auto info = GetLedgerInfo(everyman_).response;
  EXPECT_EQ(info.ledger_id(), ledger_->info().ledger_id);
  EXPECT_EQ(info.origin(), "barn.example");
  EXPECT_FALSE(info.version().empty());
  EXPECT_EQ(info.format_version(), 1U);
  ASSERT_EQ(info.shards_size(), 2);
  PublicKey key{};
  ASSERT_EQ(info.checkpoint_key().size(), key.size());
  std::copy(info.checkpoint_key().begin(), info.checkpoint_key().end(), key.begin());
  for (std::uint32_t number = 0; number < 2; ++number) {
    const v1::ShardInfo& shard = info.shards(static_cast<int>(number));
    TreeBuilder tree;
    std::vector<Tile> tiles;
    Hash last{};
    EXPECT_OK(ledger_->shard(number).log().ForEach(1, shard.head(),
                                                   [&](std::uint64_t, std::string_view event) {
                                                     last = Hasher().Leaf(event);
                                                     tree.Append(last, tiles);
                                                     return Status::Ok();
                                                   }));
    EXPECT_EQ(shard.head(), ledger_->shard(number).head().sequence);
    EXPECT_EQ(shard.hash(), AsView(last));
    EXPECT_EQ(shard.root(), AsView(tree.Root()));
    const auto checkpoint = OpenCheckpoint(shard.checkpoint(), key);
    ASSERT_TRUE(checkpoint.ok());
    EXPECT_EQ(checkpoint->size, shard.head());
    EXPECT_EQ(checkpoint->root, tree.Root());
    EXPECT_EQ(checkpoint->origin, "barn.example/" + std::to_string(number));
  }
}

TEST_F(GatewayReadsTest, WhoWaitsForEventsIsToldOrForgotten) {
  Start();
  const std::uint32_t shard = ShardOf(kTestCooperative, 2);
  const std::uint64_t head = Home().head().sequence;
  const auto wait = [&](std::uint64_t sequence) {
    auto promise = std::make_shared<std::promise<void>>();
    const auto ticket = gateway_->WhenDurable(shard, sequence, [promise] { promise->set_value(); });
    return std::pair(promise->get_future(), ticket);
  };
  EXPECT_EQ(wait(head).first.wait_for(kPatience), std::future_status::ready);
  auto [next, next_ticket] = wait(head + 1);
  auto [next_too, next_too_ticket] = wait(head + 1);
  auto [forgotten, forgotten_ticket] = wait(head + 1);
  auto [later, later_ticket] = wait(head + 100);
  gateway_->Forget(forgotten_ticket);
  // Its promise went with it.
  EXPECT_THROW(forgotten.get(), std::future_error);
  ASSERT_EQ(Execute(Sale(RandomId(1))).code, v1::OK);
  EXPECT_EQ(next.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(next_too.wait_for(kPatience), std::future_status::ready);
  EXPECT_FALSE(IsReady(later));
  gateway_->Forget(next_ticket);
  gateway_->Forget(12'345);
  gateway_->Drain();
  EXPECT_EQ(later.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(wait(head + 1'000).first.wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace lumbung
