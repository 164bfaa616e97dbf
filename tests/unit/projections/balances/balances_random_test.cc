// Books made at random, asked at every point, against adding everything up.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "projections/balances/account_queries.h"
#include "projections/balances/balances_projection.h"
#include "projections/balances/book_queries.h"
#include "projections/balances/reference_data.h"
#include "projections/runtime/digest.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/balances/book_maker.h"
#include "tests/unit/projections/balances/plain_books.h"
#include "tests/unit/projections/list_feed.h"

namespace lumbung {
namespace {

constexpr Date kFirstDate = 20260401;
constexpr Date kLastDate = 20260630;

// A projection of balances over a chain, in batches of a size, remembering so many accounts.
class Built {
 public:
  Built(const EventChain& chain, std::size_t batch, std::size_t accounts) {
    auto opened = ProjectionInstance::Open(std::make_unique<BalancesProjection>(accounts),
                                           dir_.path(), {0}, {});
    instance_ = Must(std::move(opened));
    ShardFeeds feeds;
    feeds[0] = std::make_unique<ListFeed>(std::make_shared<RecordList>(chain.bytes()));
    RunnerOptions options;
    options.once = true;
    options.batch_events = batch;
    {
      Runner runner({instance_.get()}, std::move(feeds), options);
      runner.Wait();
    }
    EXPECT_EQ(instance_->status().stopped, "");
    view_ = instance_->view();
  }

  const View& view() const { return *view_; }

 private:
  const FastDirectory dir_;
  std::unique_ptr<ProjectionInstance> instance_;
  std::shared_ptr<const View> view_;
};

void CheckLine(const EntryLine& line, const PlainEntry& plain, const Totals& through) {
  RC_ASSERT(line.entry.place == plain.entry.place);
  RC_ASSERT(line.entry.recorded_at == plain.entry.recorded_at);
  RC_ASSERT(line.entry.posting_date == plain.entry.posting_date);
  RC_ASSERT(line.entry.is_debit == plain.entry.is_debit);
  RC_ASSERT(line.entry.amount == plain.entry.amount);
  RC_ASSERT(line.through == through);
  RC_ASSERT(FormatUuid(line.transaction.id) == plain.transaction_id);
  RC_ASSERT(line.transaction.kind == plain.kind);
  RC_ASSERT(line.transaction.reference == plain.reference);
  RC_ASSERT(DateOfDays(DaysOfDate(plain.entry.posting_date) + line.transaction.days_earlier) ==
            plain.business_date);
}

void CheckPoints(const AccountQueries& queries, const PlainBooks& books, const EventChain& chain,
                 const AccountKey& account) {
  const auto of_account = [&](const PlainEntry& entry) { return entry.account == account; };
  for (std::uint64_t sequence = 0; sequence <= chain.size() + 1; sequence += 1 + sequence % 3) {
    RC_ASSERT(Must(queries.ThroughSequence(account, sequence)) ==
              books.Sum([&](const PlainEntry& entry) {
                return of_account(entry) && entry.entry.place.sequence <= sequence;
              }));
    const std::int64_t time =
        EventChain::kStart + static_cast<std::int64_t>(sequence) * 1'000 - 500;
    RC_ASSERT(Must(queries.ThroughTime(account, time)) == books.Sum([&](const PlainEntry& entry) {
      return of_account(entry) && entry.entry.recorded_at <= time;
    }));
  }
  for (Date date = kFirstDate; date <= kLastDate; date = NextDate(date)) {
    RC_ASSERT(Must(queries.ThroughDate(account, date)) == books.Sum([&](const PlainEntry& entry) {
      return of_account(entry) && entry.entry.posting_date <= date;
    }));
  }
}

void CheckBySequence(const AccountQueries& queries, std::vector<PlainEntry> entries,
                     const AccountKey& account, bool newest_first, std::size_t page_size) {
  std::vector<Totals> through;
  for (const PlainEntry& entry : entries) {
    Totals totals = through.empty() ? Totals{} : through.back();
    totals.AddEntry(entry.entry.is_debit, entry.entry.amount);
    through.push_back(totals);
  }
  if (newest_first) {
    std::reverse(entries.begin(), entries.end());
    std::reverse(through.begin(), through.end());
  }
  std::optional<EntryPlace> from;
  std::size_t seen = 0;
  bool more = true;
  while (more) {
    const EntryPage page = Must(queries.BySequence(account, from, newest_first, page_size));
    if (!newest_first) {
      RC_ASSERT(page.before == (seen == 0 ? Totals{} : through[seen - 1]));
    }
    for (const EntryLine& line : page.lines) {
      RC_ASSERT(seen < entries.size());
      CheckLine(line, entries[seen], through[seen]);
      ++seen;
      from = line.entry.place;
    }
    more = page.more;
    RC_ASSERT(!more || page.lines.size() == page_size);
  }
  RC_ASSERT(seen == entries.size());
}

void CheckByDate(const AccountQueries& queries, const std::vector<PlainEntry>& all,
                 const AccountKey& account, Date from, Date through, std::size_t page_size) {
  std::vector<PlainEntry> entries;
  Totals totals;
  for (const PlainEntry& entry : all) {
    if (entry.entry.posting_date >= from && entry.entry.posting_date <= through) {
      entries.push_back(entry);
    } else if (entry.entry.posting_date < from) {
      totals.AddEntry(entry.entry.is_debit, entry.entry.amount);
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const PlainEntry& a, const PlainEntry& b) {
    return a.entry.posting_date < b.entry.posting_date;
  });
  std::optional<EntryPlace> after;
  std::size_t seen = 0;
  bool more = true;
  while (more) {
    const EntryPage page = Must(queries.ByDate(account, from, through, after, page_size));
    if (!page.lines.empty()) {
      RC_ASSERT(page.before == totals);
    }
    for (const EntryLine& line : page.lines) {
      RC_ASSERT(seen < entries.size());
      totals.AddEntry(line.entry.is_debit, line.entry.amount);
      CheckLine(line, entries[seen], totals);
      ++seen;
      from = line.entry.posting_date;
      after = line.entry.place;
    }
    more = page.more;
  }
  RC_ASSERT(seen == entries.size());
}

using Series = std::pair<std::uint32_t, CurrencyCode>;

template <typename Counts>
void CheckTrial(const std::vector<TrialLine>& lines, const PlainBooks& books, Date from,
                Date through, const Counts& counts) {
  std::set<Series> expected;
  for (const PlainEntry& entry : books.entries()) {
    if (counts(entry) && entry.entry.posting_date <= through) {
      expected.insert({entry.account.code, entry.account.currency});
    }
  }
  std::set<Series> found;
  for (const TrialLine& line : lines) {
    const auto of_line = [&](const PlainEntry& entry) {
      return counts(entry) && entry.account.code == line.code &&
             entry.account.currency == line.currency;
    };
    const Totals opening = books.Sum(
        [&](const PlainEntry& entry) { return of_line(entry) && entry.entry.posting_date < from; });
    const Totals closing = books.Sum([&](const PlainEntry& entry) {
      return of_line(entry) && entry.entry.posting_date <= through;
    });
    RC_ASSERT(line.opening == opening);
    RC_ASSERT(line.period == closing - opening);
    RC_ASSERT(line.grows_by == (line.code == 1101 ? v1::DEBIT : v1::CREDIT));
    found.insert({line.code, line.currency});
  }
  RC_ASSERT(std::includes(expected.begin(), expected.end(), found.begin(), found.end()));
  // What moved away altogether comes to nothing and is left out.
  for (const Series& series : expected) {
    RC_ASSERT(found.contains(series));
  }
}

void CheckReferences(const BookQueries& queries, const PlainBooks& books) {
  for (std::uint64_t cooperative = 1; cooperative <= 3; ++cooperative) {
    for (const std::string reference : {"ref-0", "ref-1", "ref-2", "ref-3", "ref-"}) {
      std::vector<std::string> expected;
      for (const PlainEntry& entry : books.entries()) {
        if (entry.account.cooperative == cooperative && entry.reference == reference &&
            (expected.empty() || expected.back() != entry.transaction_id)) {
          expected.push_back(entry.transaction_id);
        }
      }
      std::vector<std::string> found;
      std::optional<EntryPlace> after;
      for (bool more = true; more;) {
        const ReferencePage page = Must(queries.ByReference(cooperative, reference, after, 3));
        for (const ReferencedTransaction& one : page.transactions) {
          found.push_back(FormatUuid(one.transaction.id));
          after = one.place;
        }
        more = page.more;
      }
      RC_ASSERT(found == expected);
    }
  }
}

RC_GTEST_PROP(Balances, AgreeWithAPlainRecomputation, ()) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>());
  const EventChain chain = BookMaker(seed).Make(*rc::gen::inRange(0, 150));
  const PlainBooks books(chain.bytes());
  const auto batch = *rc::gen::inRange<std::size_t>(1, 80);
  const auto remembered = *rc::gen::element<std::size_t>(0, 2, 1'000);
  const Built built(chain, batch, remembered);
  const AccountQueries queries(built.view());
  const auto page_size = *rc::gen::inRange<std::size_t>(1, 40);
  const Date from = DateOfDays(DaysOfDate(20260410) + *rc::gen::inRange(0, 25));
  const Date through = DateOfDays(DaysOfDate(from) + *rc::gen::inRange(0, 25));
  for (const AccountKey& account : books.Accounts()) {
    const std::vector<PlainEntry> entries = books.EntriesOf(account);
    CheckPoints(queries, books, chain, account);
    CheckBySequence(queries, entries, account, false, page_size);
    CheckBySequence(queries, entries, account, true, page_size);
    CheckByDate(queries, entries, account, kFirstDate, kLastDate, page_size);
    CheckByDate(queries, entries, account, from, through, page_size);
  }
  const BookQueries book(built.view());
  for (std::uint64_t cooperative = 1; cooperative <= 3; ++cooperative) {
    CheckTrial(Must(book.OfCooperative(cooperative, from, through)), books, from, through,
               [&](const PlainEntry& entry) { return entry.account.cooperative == cooperative; });
  }
  for (const std::string region :
       {"", "?", "11", "12", "1101", "110101", "1101012001", "1101022002", "1203012003", "13"}) {
    const auto counts = [&](const PlainEntry& entry) { return entry.region.starts_with(region); };
    CheckTrial(Must(book.OfRegion(region, std::nullopt, from, through)), books, from, through,
               counts);
    CheckTrial(
        Must(book.OfRegion(region, 1101, from, through)), books, from, through,
        [&](const PlainEntry& entry) { return counts(entry) && entry.account.code == 1101; });
  }
  CheckReferences(book, books);
}

RC_GTEST_PROP(Balances, TheDigestDoesNotDependOnBatchesAndMemory, ()) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>());
  const EventChain chain = BookMaker(seed).Make(*rc::gen::inRange(0, 300));
  const Built one(chain, 1'000, 1'000);
  const Built other(chain, *rc::gen::inRange<std::size_t>(1, 50),
                    *rc::gen::element<std::size_t>(0, 1, 3));
  RC_ASSERT(Must(DigestOf(one.view())) == Must(DigestOf(other.view())));
}

}  // namespace
}  // namespace lumbung
