#include "engine/store/id_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/bytes.h"

namespace lumbung {
namespace {

IdKey Key(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  IdKey key;
  StoreBigEndian(key.data(), a);
  StoreBigEndian(key.data() + 8, b);
  StoreBigEndian(key.data() + 16, c);
  return key;
}

TEST(IdTable, EmptyFindsNothing) {
  const IdTable table;
  EXPECT_EQ(table.Find(Key(0, 0, 0)), 0U);
  EXPECT_EQ(table.Find(Key(1, 2, 3)), 0U);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.Sorted().empty());
}

TEST(IdTable, KeysThatDifferInOneByteAreDifferent) {
  IdTable table;
  const IdKey key = Key(1, 2, 3);
  table.Insert(key, 7);
  for (std::size_t i = 0; i < key.size(); ++i) {
    IdKey other = key;
    other[i] ^= 0x80;
    EXPECT_EQ(table.Find(other), 0U) << i;
  }
  EXPECT_EQ(table.Find(key), 7U);
}

// Like a std::map, over several growths and for keys of all shapes.
TEST(IdTable, HoldsWhatAMapHolds) {
  std::mt19937_64 random(7);
  IdTable table;
  std::map<IdKey, std::uint64_t> model;
  for (std::uint64_t i = 1; i <= 60'000; ++i) {
    const IdKey key = i % 3 == 0   ? Key(random(), random(), random() % 5)
                      : i % 3 == 1 ? Key(0x0190'0000'0000'7000 + i / 100, random(), 1)  // time
                                   : Key(5, 5, i);  // same UUID, another cooperative
    if (model.emplace(key, i).second) {
      table.Prefetch(key);
      table.Insert(key, i);
    }
    EXPECT_EQ(table.Find(Key(random(), 1, 1)), 0U);
  }
  EXPECT_EQ(table.size(), model.size());
  for (const auto& [key, sequence] : model) {
    ASSERT_EQ(table.Find(key), sequence);
  }
  const std::vector<IdEntry> sorted = table.Sorted();
  ASSERT_EQ(sorted.size(), model.size());
  EXPECT_TRUE(std::equal(sorted.begin(), sorted.end(), model.begin(),
                         [](const IdEntry& entry, const auto& expected) {
                           return entry.key == expected.first && entry.sequence == expected.second;
                         }));
}

// As ids of version 7 come from many clients: late by little, now and then by much.
TEST(IdTable, HoldsIdsThatAreNearlyAscending) {
  std::mt19937_64 random(9);
  IdTable table;
  std::map<IdKey, std::uint64_t> model;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    const std::uint64_t late = i % 10 != 0 ? 0 : i % 1'000 == 0 ? i / 2 : random() % 50;
    const IdKey key = Key(4 * i - 4 * std::min(i, late) + random() % 3, 1, 1);
    if (model.emplace(key, i).second) {
      EXPECT_EQ(table.Find(key), 0U);
      table.Insert(key, i);
    }
    const IdKey absent = Key(4 * (random() % i) + 3, 1, 1);
    EXPECT_EQ(table.Find(absent), 0U);
  }
  EXPECT_EQ(table.size(), model.size());
  for (const auto& [key, sequence] : model) {
    ASSERT_EQ(table.Find(key), sequence);
  }
  const std::vector<IdEntry> sorted = table.Sorted();
  EXPECT_TRUE(std::equal(sorted.begin(), sorted.end(), model.begin(), model.end(),
                         [](const IdEntry& entry, const auto& expected) {
                           return entry.key == expected.first && entry.sequence == expected.second;
                         }));
}

TEST(IdTable, SortedOrdersKeysThatAgreeInTheirFirstBytes) {
  std::mt19937_64 random(8);
  for (const std::size_t size : {2U, 100U, 5000U}) {
    IdTable table;
    for (std::size_t i = 0; i < size; ++i) {
      table.Insert(Key(random() % 3, random() % 2, i), i + 1);
    }
    const std::vector<IdEntry> sorted = table.Sorted();
    ASSERT_EQ(sorted.size(), size);
    for (std::size_t i = 1; i < size; ++i) {
      ASSERT_LT(sorted[i - 1].key, sorted[i].key) << size << " " << i;
    }
  }
}

TEST(IdTable, ClearEmptiesAndKeepsMemory) {
  IdTable table;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    table.Insert(Key(i, i, i), i);
  }
  const std::size_t bytes = table.MemoryBytes();
  table.Clear();
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.Find(Key(1, 1, 1)), 0U);
  EXPECT_EQ(table.MemoryBytes(), bytes);
  table.Insert(Key(1, 1, 1), 9);
  EXPECT_EQ(table.Find(Key(1, 1, 1)), 9U);
}

TEST(IdTableDeathTest, AnIdIsInsertedOnce) {
  IdTable table;
  table.Insert(Key(1, 1, 1), 1);
  EXPECT_DEATH(table.Insert(Key(1, 1, 1), 2), "invariant");
  EXPECT_DEATH(table.Insert(Key(2, 1, 1), 0), "invariant");
  table.Insert(Key(0, 1, 1), 2);
  EXPECT_DEATH(table.Insert(Key(0, 1, 1), 3), "invariant");
}

}  // namespace
}  // namespace lumbung
