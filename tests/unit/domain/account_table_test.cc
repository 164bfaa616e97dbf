#include "engine/domain/account_table.h"

#include <random>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 30;

TEST(AccountTable, FindsWhatWasMadeAndNothingElse) {
  AccountTable table(kPlenty);
  const AccountKey key{1, 2111, kIdr, 184};
  EXPECT_EQ(table.Find(key), nullptr);
  table.FindOrCreate(key).balance = 7;
  ASSERT_NE(table.Find(key), nullptr);
  EXPECT_EQ(table.Find(key)->balance, 7);
  EXPECT_EQ(table.FindOrCreate(key).balance, 7);
  EXPECT_EQ(table.size(), 1u);
  for (const AccountKey& other :
       {AccountKey{2, 2111, kIdr, 184}, AccountKey{1, 2112, kIdr, 184},
        AccountKey{1, 2111, kIdr, 185}, AccountKey{1, 2111, *ParseCurrency("GBP"), 184}}) {
    EXPECT_EQ(table.Find(other), nullptr) << FormatAccount(other);
  }
}

// Enough rows for several chunks and several doublings of the index.
TEST(AccountTable, RowsStayWhereTheyAreAsItGrows) {
  AccountTable table(kPlenty);
  constexpr std::uint64_t kRows = 100'000;
  std::vector<AccountRow*> rows;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    AccountRow& row = table.FindOrCreate({1 + i % 7, 2111, kIdr, i});
    row.balance = static_cast<std::int64_t>(i);
    rows.push_back(&row);
  }
  ASSERT_EQ(table.size(), kRows);
  for (std::uint64_t i = 0; i < kRows; ++i) {
    const AccountKey key{1 + i % 7, 2111, kIdr, i};
    ASSERT_EQ(table.Find(key), rows[i]);
    ASSERT_EQ(&table.row(i), rows[i]);
    ASSERT_EQ(rows[i]->key, key);
    ASSERT_EQ(rows[i]->balance, static_cast<std::int64_t>(i));
    ASSERT_EQ(table.Find({1 + i % 7, 2111, kIdr, i + kRows}), nullptr);
  }
}

TEST(AccountTable, AgreesWithASet) {
  AccountTable table(kPlenty);
  std::set<AccountKey> model;
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const AccountKey key{1 + random() % 5, static_cast<std::uint32_t>(1 + random() % 50), kIdr,
                         random() % 40};
    ASSERT_EQ(std::as_const(table).Find(key) != nullptr, model.contains(key));
    table.PrefetchSlot(AccountTable::HashOf(key));
    table.PrefetchRow(AccountTable::HashOf(key));
    if (random() % 2 == 0) {
      table.FindOrCreate(key);
      model.insert(key);
    }
    ASSERT_EQ(table.size(), model.size());
  }
}

TEST(AccountTable, SaysWhenItsBudgetIsUsedUp) {
  AccountTable table(10 * 80);
  EXPECT_TRUE(table.HasRoomFor(10));
  EXPECT_FALSE(table.HasRoomFor(11));
  table.FindOrCreate({1, 1, kIdr, 1});
  EXPECT_TRUE(table.HasRoomFor(9));
  EXPECT_FALSE(table.HasRoomFor(10));
}

// The bound that the memory budget rests on.
TEST(AccountTable, TakesAbout80BytesAnAccountWhereTheyAreMany) {
  AccountTable table(kPlenty);
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    table.FindOrCreate({1, 2111, kIdr, i});
  }
  EXPECT_LE(table.MemoryBytes(), table.size() * 82);
  EXPECT_GE(table.MemoryBytes(), table.size() * sizeof(AccountRow));
}

}  // namespace
}  // namespace lumbung
