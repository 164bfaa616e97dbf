// The state's rows: read back, copied in parts, replayed over, refused where they are damaged.
#include "engine/domain/state.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

using Rows = std::map<std::string, std::string>;

Rows RowsOf(const State& state) {
  Rows rows;
  state.ForEachRow([&](std::string_view key, std::string_view value) {
    EXPECT_TRUE(rows.empty() || rows.rbegin()->first < key) << "rows come in key order";
    rows.emplace(key, value);
  });
  return rows;
}

void Take(CutRows& copied, Rows& rows) {
  for (const StateRow& row : copied.Sorted()) {
    if (row.deleted) {
      rows.erase(row.key);
    } else {
      rows[row.key] = row.value;
    }
  }
}

// Every kind of row.
void Fill(Book& book) {
  book.Do("publish chart other version 1 from 2026-01-01: currency IDR 2, kind sale, channel cash");
  book.Do("publish chart kdmp version 2 from 2026-06-01: channel satellite");
  book.Do("post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00");
  book.Do("post sale cash 2026-05-01: debit 1101:GBP 1.00, credit 4102:GBP 1.00");
  book.Do("holder member 184 closed");
  book.Do("holder outlet 3 active village 32.04.12.2001 type staples");
  book.Do("open 2111/184 minimum -5.00 maximum 7.00");
  book.Do("account 2111/185 frozen");
  book.Do("grant loan 5 9.00: 1 due 2026-06-12 principal 9.00");
  book.Do("hold sale card 2026-05-01 as h expires in 5 minutes: debit 1121 1.00, credit 4102 1.00");
  book.Do("close operations through 2026-04-30");
  book.Do("close final through 2026-03-31");
  book.Do("cooperative 20418 zone WIT");
  book.Do("change checkpoint key");
  book.reader().set_cooperative(20417);
}

State Loaded(const Rows& rows) {
  State state;
  for (const auto& [key, value] : rows) {
    EXPECT_TRUE(state.LoadRow(key, value).ok());
  }
  return state;
}

TEST(State, IsReadBackFromItsRows) {
  Book book;
  Fill(book);
  const Rows rows = RowsOf(book.ledger().state());
  const State loaded = Loaded(rows);
  EXPECT_EQ(RowsOf(loaded), rows);
  EXPECT_EQ(loaded.Digest(), book.ledger().state().Digest());
  EXPECT_TRUE(loaded.has_closed_holders());
  EXPECT_EQ(loaded.NextExpiry(), book.ledger().state().NextExpiry());
  const CooperativeState& cooperative = *loaded.FindCooperative(20417);
  EXPECT_EQ(cooperative.operations_closed_through, 20260430);
  EXPECT_EQ(cooperative.closed_through, 20260331);
  EXPECT_EQ(loaded.FindChart("kdmp")->latest().version(), 2u);
}

TEST(State, OfAnEmptyLedgerHasADigest) {
  EXPECT_EQ(State().Digest(), State().Digest());
  Book book;
  EXPECT_NE(State().Digest(), book.ledger().state().Digest());
}

TEST(State, TheDigestSaysOfEveryAmount) {
  Book one;
  Book two;
  one.Do("post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00");
  two.Do("post sale cash 2026-05-01: debit 1101 1.01, credit 4102 1.01");
  EXPECT_NE(one.ledger().state().Digest(), two.ledger().state().Digest());
}

TEST(State, RowsAreCopiedOnceAndInParts) {
  Book book;
  State& state = book.ledger().state();
  Fill(book);
  EXPECT_GT(state.dirty_rows(), 0u);
  Rows rows;
  state.BeginCut();
  EXPECT_EQ(state.dirty_rows(), 0u);
  CutRows copied;
  while (!state.CopyCut(1, copied)) {
  }
  Take(copied, rows);
  EXPECT_EQ(rows, RowsOf(state));
  EXPECT_EQ(copied.size(), rows.size());

  copied.Clear();
  state.BeginCut();
  EXPECT_TRUE(state.CopyCut(100, copied));
  EXPECT_EQ(copied.size(), 0u) << "nothing has changed";

  book.Do("release h");
  state.BeginCut();
  EXPECT_TRUE(state.CopyCut(100, copied));
  EXPECT_EQ(copied.size(), 3u) << "two accounts and the hold";
  Take(copied, rows);
  EXPECT_EQ(rows, RowsOf(state));
}

// A row that changes while its cut is being copied is copied as it is by then, or comes again.
TEST(State, ChangesDuringACutAreNotLost) {
  Book book;
  State& state = book.ledger().state();
  Fill(book);
  Rows rows;
  for (int round = 0; round < 20; ++round) {
    CutRows copied;
    state.BeginCut();
    state.CopyCut(static_cast<std::size_t>(round), copied);
    book.Do("post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00");
    book.Do("holder member 184 active");
    while (!state.CopyCut(2, copied)) {
    }
    Take(copied, rows);
  }
  CutRows copied;
  state.BeginCut();
  EXPECT_TRUE(state.CopyCut(1000, copied));
  Take(copied, rows);
  EXPECT_EQ(rows, RowsOf(state));
}

TEST(State, ReplayOverNewerRowsChangesNothing) {
  Book book;
  Fill(book);
  State state = Loaded(RowsOf(book.ledger().state()));
  for (const v1::Event& event : book.ledger().events()) {
    state.Apply(event);
  }
  EXPECT_EQ(state.Digest(), book.ledger().state().Digest());
}

// Versions of a chart are copied in their order, so a crash leaves no gap among them.
TEST(State, ChartsAreCopiedVersionByVersion) {
  Book book;
  State& state = book.ledger().state();
  for (int version = 2; version <= 9; ++version) {
    book.Do("publish chart kdmp version " + std::to_string(version) +
            " from 2026-06-01: channel c" + std::to_string(version));
  }
  state.BeginCut();
  Rows rows;
  for (bool done = false; !done;) {
    CutRows copied;
    done = state.CopyCut(1, copied);
    Take(copied, rows);
    State loaded = Loaded(rows);
    for (const v1::Event& event : book.ledger().events()) {
      loaded.Apply(event);
    }
    EXPECT_EQ(loaded.Digest(), state.Digest());
  }
}

TEST(State, AGapAmongAChartsVersionsIsRefused) {
  Book book;
  book.Do("publish chart kdmp version 2 from 2026-06-01: channel satellite");
  Rows rows = RowsOf(book.ledger().state());
  const auto first = std::find_if(rows.begin(), rows.end(), [](const auto& row) {
    return row.first.find("kdmp") != std::string::npos;
  });
  const auto second = std::next(first);
  State state;
  EXPECT_FALSE(state.LoadRow(second->first, second->second).ok());
  EXPECT_TRUE(state.LoadRow(first->first, first->second).ok());
  EXPECT_TRUE(state.LoadRow(second->first, second->second).ok());
}

TEST(State, DamagedRowsAreRefused) {
  Book book;
  Fill(book);
  for (const auto& [key, value] : RowsOf(book.ledger().state())) {
    State state;
    EXPECT_FALSE(state.LoadRow(key + "x", value).ok());
    if (key.size() > 1) {
      EXPECT_FALSE(state.LoadRow(key.substr(0, key.size() - 1), value).ok());
    }
    std::string damaged = value;
    damaged.back() = static_cast<char>(0xFF);
    damaged.push_back(static_cast<char>(0xFF));
    EXPECT_FALSE(state.LoadRow(key, damaged).ok());
  }
  State state;
  EXPECT_FALSE(state.LoadRow("", "").ok());
  EXPECT_FALSE(state.LoadRow("\x7f", "").ok());
}

}  // namespace
}  // namespace lumbung
