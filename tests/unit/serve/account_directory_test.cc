// Listing what a cooperative has: in order, in pages that hold while accounts come, and from
// another table as soon as there is one.
#include "engine/serve/account_directory.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::ElementsAre;

constexpr std::size_t kMemory = std::size_t{8} << 20;

void Add(AccountTable& table, std::uint64_t cooperative, std::uint32_t code,
         std::uint64_t holder = 0, const std::string& currency = "") {
  table.FindOrCreate({cooperative, code, *ParseCurrency(currency), holder});
}

// Catches up, then reads all pages of `size`.
std::vector<std::string> List(AccountDirectory& directory, const AccountTable& table,
                              std::uint64_t cooperative, std::size_t size, std::uint32_t code = 0) {
  while (!directory.CatchUp(table, 1'000)) {
  }
  std::vector<std::string> all;
  const AccountKey* after = nullptr;
  while (true) {
    const AccountDirectory::Page page = directory.Find(table, cooperative, code, after, size);
    EXPECT_LE(page.rows.size(), size);
    for (const AccountRow* row : page.rows) {
      all.push_back(FormatAccount(row->key));
    }
    if (!page.more) {
      return all;
    }
    EXPECT_EQ(page.rows.size(), size) << "only the last page is short";
    after = &page.rows.back()->key;
  }
}

TEST(AccountDirectory, ListsByCodeHolderAndCurrency) {
  AccountTable table(kMemory);
  Add(table, 1, 2111, 5);
  Add(table, 2, 1101);
  Add(table, 1, 1101, 0, "USD");
  Add(table, 1, 2111, 4);
  Add(table, 1, 1101);
  Add(table, 1, 900);
  AccountDirectory directory;
  const std::vector<std::string> all = List(directory, table, 1, 100);
  EXPECT_THAT(all, testing::UnorderedElementsAre("1:900:0", "1:1101:0", "1:1101:0:USD", "1:2111:4",
                                                 "1:2111:5"));
  EXPECT_EQ(all.front(), "1:900:0");
  EXPECT_THAT((std::vector<std::string>(all.end() - 2, all.end())),
              ElementsAre("1:2111:4", "1:2111:5"));
  for (const std::size_t size : {1U, 2U, 3U, 5U}) {
    EXPECT_EQ(List(directory, table, 1, size), all) << size;
  }
  EXPECT_THAT(List(directory, table, 1, 1, 2111), ElementsAre("1:2111:4", "1:2111:5"));
  EXPECT_THAT(List(directory, table, 2, 10), ElementsAre("2:1101:0"));
  EXPECT_THAT(List(directory, table, 3, 10), ElementsAre());
  EXPECT_THAT(List(directory, table, 1, 10, 7), ElementsAre());
}

TEST(AccountDirectory, ListsAllCooperativesOneAfterTheOther) {
  AccountTable table(kMemory);
  Add(table, 2, 900);
  Add(table, 10, 900);
  Add(table, 1, 1101);
  Add(table, 1, 900);
  AccountDirectory directory;
  for (const std::size_t size : {1U, 3U, 10U}) {
    EXPECT_THAT(List(directory, table, 0, size),
                ElementsAre("1:900:0", "1:1101:0", "2:900:0", "10:900:0"))
        << size;
  }
}

// A cursor of another listing gives what lies behind it, no more.
TEST(AccountDirectory, ACursorMayBeOfAnotherCode) {
  AccountTable table(kMemory);
  for (const std::uint32_t code : {900U, 1101U, 2111U}) {
    Add(table, 1, code);
  }
  AccountDirectory directory;
  ASSERT_TRUE(directory.CatchUp(table, 10));
  const AccountKey first{1, 900, kIdr, 0};
  const AccountKey last{1, 2111, kIdr, 0};
  EXPECT_EQ(directory.Find(table, 1, 1101, &first, 5).rows.size(), 1U);
  EXPECT_TRUE(directory.Find(table, 1, 1101, &last, 5).rows.empty());
}

// Counted, not timed: what a page costs does not grow with the cooperative.
TEST(AccountDirectory, APageOfAGreatCooperativeCostsAPage) {
  constexpr std::uint64_t kAccounts = 100'000;
  constexpr std::size_t kPage = 100;
  // Some look-ups in a tree of so many, each of about log2(200,000) comparisons of two, which a
  // debug build makes three times.
  constexpr std::uint64_t kLookUps = 250;
  std::mt19937_64 random(7);
  AccountTable table(std::size_t{32} << 20);
  std::vector<std::uint64_t> holders(kAccounts);
  std::iota(holders.begin(), holders.end(), 1);
  std::shuffle(holders.begin(), holders.end(), random);
  for (const std::uint64_t holder : holders) {
    Add(table, 1, 2111, holder);
    Add(table, 2, 1101, holder);
  }
  AccountDirectory directory;
  ASSERT_TRUE(directory.CatchUp(table, 2 * kAccounts));
  EXPECT_LE(directory.looked_at(), 2 * kAccounts * kLookUps);
  std::uint64_t pages = 0;
  std::uint64_t seen = 0;
  AccountKey after;
  for (bool more = true; more; ++pages) {
    const std::uint64_t before = directory.looked_at();
    const AccountDirectory::Page page =
        directory.Find(table, 1, 2111, pages == 0 ? nullptr : &after, kPage);
    EXPECT_LE(directory.looked_at() - before, kPage + kLookUps);
    for (const AccountRow* row : page.rows) {
      ASSERT_EQ(row->key.holder, ++seen);
    }
    after = page.rows.back()->key;
    more = page.more;
  }
  EXPECT_EQ(seen, kAccounts);
  EXPECT_EQ(pages, kAccounts / kPage);
}

TEST(AccountDirectory, CatchesUpInSteps) {
  AccountTable table(kMemory);
  for (std::uint64_t holder = 1; holder <= 25; ++holder) {
    Add(table, 1, 2111, holder);
  }
  AccountDirectory directory;
  EXPECT_FALSE(directory.CatchUp(table, 10));
  EXPECT_FALSE(directory.CatchUp(table, 10));
  EXPECT_TRUE(directory.CatchUp(table, 10));
  EXPECT_TRUE(directory.CatchUp(table, 1)) << "there are no more";
  Add(table, 1, 2111, 26);
  EXPECT_EQ(List(directory, table, 1, 100).size(), 26U);
}

// Who pages sees each account that was there from the first page to the last once, whatever comes
// between the pages.
TEST(AccountDirectory, PagesHoldWhileAccountsCome) {
  std::mt19937_64 random(1);
  AccountTable table(kMemory);
  AccountDirectory directory;
  std::vector<std::uint64_t> there;
  for (int i = 0; i < 200; ++i) {
    there.push_back(1'000 + random() % 1'000'000);
    Add(table, 1, 2111, there.back());
  }
  std::vector<std::uint64_t> seen;
  AccountKey after;
  const AccountKey* cursor = nullptr;
  while (true) {
    ASSERT_TRUE(directory.CatchUp(table, 1'000'000));
    const AccountDirectory::Page page = directory.Find(table, 1, 0, cursor, 7);
    for (const AccountRow* row : page.rows) {
      EXPECT_TRUE(seen.empty() || seen.back() < row->key.holder);
      seen.push_back(row->key.holder);
    }
    if (!page.more) {
      break;
    }
    after = page.rows.back()->key;
    cursor = &after;
    for (int i = 0; i < 20; ++i) {
      Add(table, 1, 2111, 1'000 + random() % 1'000'000);
    }
  }
  std::sort(there.begin(), there.end());
  EXPECT_TRUE(std::includes(seen.begin(), seen.end(), there.begin(), there.end()));
}

// After a failed write the state is another one, with the rows of other accounts in the same
// places.
TEST(AccountDirectory, BeginsAnewWithAnotherTable) {
  AccountTable before(kMemory);
  Add(before, 1, 1101);
  Add(before, 1, 2111, 5);
  Add(before, 2, 1101);
  AccountDirectory directory;
  EXPECT_EQ(List(directory, before, 1, 10).size(), 2U);
  AccountTable after(kMemory);
  Add(after, 2, 1101);
  Add(after, 1, 1101);
  EXPECT_THAT(List(directory, after, 1, 10), ElementsAre("1:1101:0"));
  EXPECT_THAT(List(directory, after, 2, 10), ElementsAre("2:1101:0"));
}

}  // namespace
}  // namespace lumbung
