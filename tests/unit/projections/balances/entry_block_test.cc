#include "projections/balances/entry_block.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr Int128 kLargest = (static_cast<Int128>(1) << 100) + 7;

BalanceEntry Entry(std::uint64_t sequence, std::uint16_t index, Date date, std::int64_t amount) {
  return {{sequence, index},
          1'780'000'000'000'000 + static_cast<std::int64_t>(sequence),
          date,
          amount > 0,
          amount > 0 ? amount : -amount};
}

TEST(EntryBlock, KeepsEntriesAndWhereTheAccountStands) {
  AccountProgress before;
  before.total = {kLargest, 3, 9};
  before.last_day = DaysOfDate(20260501);
  before.day = {2, 1, 3};
  before.day_first = {7, 2};
  const BalanceEntry entries[] = {
      Entry(100, 3, 20260501, 5),
      Entry(100, 4, 20260501, -5),
      Entry(101, 0, 20260430, 11),
      Entry(500, 0, 20260502, std::numeric_limits<std::int64_t>::max()),
      Entry(501, 9, 20260101, -2),
  };
  EntryBlockWriter writer;
  AccountProgress progress = before;
  writer.Begin(entries[0].place, entries[0].recorded_at, progress);
  std::vector<AccountProgress> after;
  for (const BalanceEntry& entry : entries) {
    writer.Append(entry, DaysOfDate(entry.posting_date), progress);
    progress.Add(entry, DaysOfDate(entry.posting_date));
    after.push_back(progress);
  }
  EXPECT_FALSE(writer.full());

  EntryBlockReader reader(entries[0].place, writer.bytes());
  const bool late[] = {false, false, true, false, true};
  for (std::size_t i = 0; i < std::size(entries); ++i) {
    ASSERT_TRUE(reader.Next());
    EXPECT_EQ(reader.entry().place, entries[i].place);
    EXPECT_EQ(reader.entry().recorded_at, entries[i].recorded_at);
    EXPECT_EQ(reader.entry().posting_date, entries[i].posting_date);
    EXPECT_EQ(reader.entry().is_debit, entries[i].is_debit);
    EXPECT_EQ(reader.entry().amount, entries[i].amount);
    EXPECT_EQ(reader.late(), late[i]);
    EXPECT_EQ(reader.after().total, after[i].total);
    EXPECT_EQ(reader.after().day, after[i].day);
    EXPECT_EQ(reader.after().day_first, after[i].day_first);
  }
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.after().day_first, (EntryPlace{500, 0}));

  // As after a restart.
  EntryBlockWriter resumed;
  AccountProgress resumed_progress;
  ASSERT_TRUE(resumed.Resume(entries[0].place, writer.bytes(), resumed_progress).ok());
  const BalanceEntry next = Entry(502, 0, 20260502, 1);
  resumed.Append(next, DaysOfDate(next.posting_date), resumed_progress);
  writer.Append(next, DaysOfDate(next.posting_date), progress);
  EXPECT_EQ(resumed.bytes(), writer.bytes());
  EXPECT_FALSE(resumed.Resume(entries[0].place, "", resumed_progress).ok());
}

}  // namespace
}  // namespace lumbung
