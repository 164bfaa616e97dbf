// What pages do while entries arrive, late ones too.
#include "projections/balances/account_queries.h"

#include <gtest/gtest.h>

#include "projections/balances/balances_projection.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/event_chain.h"
#include "tests/unit/projections/list_feed.h"

namespace lumbung {
namespace {

const AccountKey kCash{.cooperative = 1, .code = 1101, .currency = kIdr, .holder = 0};

class AccountQueriesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chain_.FillTo(1);
    v1::Event event;
    event.mutable_cooperative_registered()->mutable_cooperative()->set_cooperative(1);
    event.mutable_cooperative_registered()->mutable_cooperative()->set_effective_date(20260101);
    chain_.Add(event);
  }
  void Post(Date date, std::int64_t amount) {
    v1::Event event;
    v1::TransactionPosted& posted = *event.mutable_transaction_posted();
    posted.mutable_transaction()->set_cooperative(1);
    posted.mutable_transaction()->set_business_date(date);
    v1::Entry& debit = *posted.mutable_transaction()->add_entries();
    debit.set_code(1101);
    debit.set_debit(amount);
    v1::Entry& credit = *posted.mutable_transaction()->add_entries();
    credit.set_code(4101);
    credit.set_credit(amount);
    posted.mutable_posting()->set_posting_date(date);
    chain_.Add(event);
  }
  std::shared_ptr<const View> Project() {
    if (instance_ == nullptr) {
      instance_ = Must(
          ProjectionInstance::Open(std::make_unique<BalancesProjection>(), dir_.path(), {0}, {}));
    }
    ShardFeeds feeds;
    feeds[0] = std::make_unique<ListFeed>(std::make_shared<RecordList>(chain_.bytes()));
    RunnerOptions options;
    options.once = true;
    Runner runner({instance_.get()}, std::move(feeds), options);
    runner.Wait();
    EXPECT_EQ(instance_->status().stopped, "");
    return instance_->view();
  }
  static std::vector<std::int64_t> AmountsOf(const EntryPage& page) {
    std::vector<std::int64_t> amounts;
    for (const EntryLine& line : page.lines) {
      amounts.push_back(line.entry.amount);
    }
    return amounts;
  }

  const FastDirectory dir_;
  EventChain chain_;
  std::unique_ptr<ProjectionInstance> instance_;
};

using Amounts = std::vector<std::int64_t>;

TEST_F(AccountQueriesTest, APageGoesOnWhereItWasWhileEntriesArrive) {
  for (int i = 1; i <= 5; ++i) {
    Post(20260501, i);
  }
  Post(20260502, 6);
  auto view = Project();
  const EntryPage first =
      Must(AccountQueries(*view).ByDate(kCash, 20260501, 20260531, std::nullopt, 3));
  EXPECT_EQ(AmountsOf(first), (Amounts{1, 2, 3}));
  EXPECT_TRUE(first.more);

  // One for the day that is being read, one for a day before it, one for a later one.
  Post(20260501, 10);
  Post(20260430, 20);
  Post(20260503, 30);
  view = Project();
  const AccountQueries queries(*view);
  const EntryPlace after = first.lines.back().entry.place;
  const EntryPage second = Must(queries.ByDate(kCash, 20260501, 20260531, after, 100));
  EXPECT_EQ(AmountsOf(second), (Amounts{4, 5, 10, 6, 30}));
  EXPECT_FALSE(second.more);
  // The running balance knows what has come before it meanwhile.
  EXPECT_TRUE(second.before.debit == 1 + 2 + 3 + 20);
  EXPECT_TRUE(second.lines.back().through.debit == 81);

  // On from the one that came late.
  const EntryPage third =
      Must(queries.ByDate(kCash, 20260501, 20260531, second.lines[2].entry.place, 100));
  EXPECT_EQ(AmountsOf(third), (Amounts{6, 30}));
  EXPECT_TRUE(third.before.debit == 1 + 2 + 3 + 4 + 5 + 10 + 20);

  const EntryPage newest = Must(queries.BySequence(kCash, std::nullopt, true, 2));
  EXPECT_EQ(AmountsOf(newest), (Amounts{30, 20}));
  EXPECT_TRUE(newest.more);
}

TEST_F(AccountQueriesTest, ACursorThatIsNoEntryIsRefused) {
  Post(20260501, 1);
  Post(20260502, 2);
  const auto view = Project();
  const AccountQueries queries(*view);
  const EntryPlace first{3, 0};
  EXPECT_EQ(AmountsOf(Must(queries.ByDate(kCash, 20260501, 20260531, first, 9))), Amounts{2});
  for (const auto& [date, place] : {std::pair<Date, EntryPlace>{20260502, first},
                                    {20260503, first},
                                    {20260501, {3, 1}},
                                    {20260501, {99, 0}},
                                    {20260501, {1, 0}}}) {
    EXPECT_EQ(queries.ByDate(kCash, date, 20260531, place, 9).status().kind(),
              Status::Kind::kNotFound);
  }
}

TEST_F(AccountQueriesTest, AnAccountThatNothingWasPostedToComesToNothing) {
  Post(20260501, 1);
  const auto view = Project();
  const AccountQueries queries(*view);
  for (const AccountKey& account :
       {AccountKey{1, 1102, kIdr, 0}, AccountKey{2, 1101, kIdr, 0}, AccountKey{1, 1101, kIdr, 1}}) {
    EXPECT_EQ(Must(queries.ThroughSequence(account, 99)), Totals{});
    EXPECT_EQ(Must(queries.ThroughDate(account, 20260501)), Totals{});
    EXPECT_EQ(Must(queries.ThroughTime(account, EventChain::kStart * 2)), Totals{});
    EXPECT_TRUE(Must(queries.BySequence(account, std::nullopt, false, 5)).lines.empty());
    EXPECT_TRUE(Must(queries.ByDate(account, 20260501, 20260601, std::nullopt, 5)).lines.empty());
  }
}

}  // namespace
}  // namespace lumbung
