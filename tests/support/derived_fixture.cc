#include "tests/support/derived_fixture.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/base/bytes.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

// UUIDv7 of some day, in place of the random number in a key.
constexpr std::uint64_t kTime = 0x0190'0000'0000'0000;

}  // namespace

IdKey MakeKey(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  IdKey key;
  StoreBigEndian(key.data(), a);
  StoreBigEndian(key.data() + 8, b);
  StoreBigEndian(key.data() + 16, c);
  return key;
}

Head MarkerAt(std::uint64_t sequence) {
  Head head;
  head.sequence = sequence;
  head.hash.fill(static_cast<std::uint8_t>(sequence));
  return head;
}

std::vector<IdEntry> EntriesOf(const IdMap& ids) {
  std::vector<IdEntry> entries;
  for (const auto& [key, sequence] : ids) {
    entries.push_back({key, sequence});
  }
  return entries;
}

RowMap RowsOf(const DerivedStore& store) {
  RowMap rows;
  EXPECT_OK(store.ForEachRow([&](std::string_view key, std::string_view value) {
    EXPECT_TRUE(rows.empty() || rows.rbegin()->first < key);
    rows.emplace(key, value);
    return Status::Ok();
  }));
  return rows;
}

std::uint64_t FindOne(const DerivedStore& store, const IdKey& key) {
  std::uint64_t sequence = ~std::uint64_t{0};
  EXPECT_OK(store.FindIds({&key, 1}, {&sequence, 1}));
  return sequence;
}

void ExpectIds(const DerivedStore& store, const IdMap& ids, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<IdKey> keys;
  for (const auto& [key, sequence] : ids) {
    keys.push_back(key);
    IdKey neighbour = key;
    neighbour[23] ^= static_cast<std::uint8_t>(1 + random() % 255);
    keys.push_back(neighbour);
    keys.push_back(MakeKey(random(), random(), random()));
  }
  std::shuffle(keys.begin(), keys.end(), random);
  std::vector<std::uint64_t> sequences(keys.size(), ~std::uint64_t{0});
  EXPECT_OK(store.FindIds(keys, sequences));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto expected = ids.find(keys[i]);
    wrong += sequences[i] == (expected == ids.end() ? 0 : expected->second) ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0U);
}

IdKey DerivedModel::NewKey(IdShape shape) {
  switch (shape) {
    case IdShape::kRandom:
      return MakeKey(random_(), random_(), random_() % 3);
    case IdShape::kInTimeOrder:
      return MakeKey(kTime + 1000 * sequence_, random_());
    case IdShape::kNearTimeOrder:
      return MakeKey(kTime + 1000 * sequence_ - random_() % 200'000, random_());
    case IdShape::kDense:
      return MakeKey(random_() % 4, random_() % 4, sequence_);
  }
  return {};
}

DerivedBatch DerivedModel::Next(IdShape shape, std::size_t ids) {
  IdMap added;
  while (added.size() < ids) {
    ++sequence_;
    const IdKey key = NewKey(shape);
    if (!ids_.contains(key)) {
      added.emplace(key, sequence_);
    }
  }
  std::map<std::string, StateRow> changed;
  for (std::size_t i = 0; i < ids / 4; ++i) {
    const std::string key = std::to_string(random_() % 300);
    const bool deleted = random_() % 4 == 0;
    changed[key] = {key, deleted ? "" : std::to_string(random_()), deleted};
  }
  DerivedBatch batch{MarkerAt(++sequence_), EntriesOf(added), {}};
  for (const auto& [key, row] : changed) {
    batch.rows.push_back(row);
  }
  return batch;
}

void DerivedModel::Accept(const DerivedBatch& batch) {
  marker_ = batch.marker;
  for (const IdEntry& entry : batch.ids) {
    ids_.emplace(entry.key, entry.sequence);
  }
  for (const StateRow& row : batch.rows) {
    if (row.deleted) {
      rows_.erase(row.key);
    } else {
      rows_[row.key] = row.value;
    }
  }
}

void DerivedModel::ExpectIn(const DerivedStore& store) const {
  EXPECT_EQ(store.marker(), marker_);
  EXPECT_EQ(store.Stats().ids, ids_.size());
  EXPECT_EQ(RowsOf(store), rows_);
  ExpectIds(store, ids_, sequence_);
}

void InstallNext(DerivedStore& store, DerivedModel& model, IdShape shape, std::size_t ids) {
  const DerivedBatch batch = model.Next(shape, ids);
  EXPECT_OK(store.Install(batch.marker, batch.ids, batch.rows));
  model.Accept(batch);
}

}  // namespace lumbung
