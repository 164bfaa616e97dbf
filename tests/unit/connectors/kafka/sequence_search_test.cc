#include "connectors/kafka/sequence_search.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

// A partition: of each offset the event's sequence, or 0 where a mark or what was aborted lies.
class Partition {
 public:
  explicit Partition(std::vector<std::uint64_t> offsets) : offsets_(std::move(offsets)) {}

  std::int64_t end() const { return static_cast<std::int64_t>(offsets_.size()); }
  int probes() const { return probes_; }

  Result<std::int64_t> Find(std::uint64_t sequence) {
    probes_ = 0;
    return FindSequence(sequence, end(),
                        [this](std::int64_t from) -> Result<std::optional<PartitionRecord>> {
                          ++probes_;
                          for (std::int64_t offset = from; offset < end(); ++offset) {
                            if (const std::uint64_t found = At(offset); found != 0) {
                              return std::optional(PartitionRecord{offset, found});
                            }
                          }
                          return std::optional<PartitionRecord>();
                        });
  }
  // What who reads on from an offset gets first; 0: nothing.
  std::uint64_t FirstFrom(std::int64_t offset) const {
    while (offset < end() && At(offset) == 0) {
      ++offset;
    }
    return offset < end() ? At(offset) : 0;
  }

 private:
  std::uint64_t At(std::int64_t offset) const { return offsets_[static_cast<std::size_t>(offset)]; }

  const std::vector<std::uint64_t> offsets_;
  int probes_ = 0;
};

TEST(SequenceSearchTest, FindsEachEventBetweenMarks) {
  std::mt19937 random(7);
  std::vector<std::uint64_t> offsets(3, 0);
  for (std::uint64_t sequence = 1; sequence <= 500; ++sequence) {
    offsets.push_back(sequence);
    offsets.insert(offsets.end(), random() % 4 == 0 ? random() % 5 : 0, 0);
  }
  Partition partition(offsets);
  for (std::uint64_t sequence = 1; sequence <= 500; ++sequence) {
    EXPECT_EQ(partition.FirstFrom(partition.Find(sequence).value()), sequence);
  }
}

TEST(SequenceSearchTest, LooksInFewPlaces) {
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t sequence = 1; sequence <= 1'000'000; ++sequence) {
    offsets.push_back(sequence);
    offsets.push_back(0);  // a transaction each
  }
  Partition partition(offsets);
  EXPECT_EQ(partition.FirstFrom(partition.Find(999'999).value()), 999'999U);
  EXPECT_LE(partition.probes(), 25);
}

TEST(SequenceSearchTest, WhatIsNotThereIsReadForFromTheBeginning) {
  EXPECT_EQ(Partition({}).Find(1).value(), 0);
  EXPECT_EQ(Partition({0, 0, 0}).Find(1).value(), 3);
  Partition partition({1, 2, 3, 0, 4, 0});
  EXPECT_EQ(partition.Find(5).value(), 0);
  EXPECT_EQ(partition.Find(1'000'000).value(), 0);
}

TEST(SequenceSearchTest, GivesTheFirstWhereTheBeginningIsGone) {
  Partition partition({0, 0, 7, 8, 9});
  EXPECT_EQ(partition.FirstFrom(partition.Find(3).value()), 7U);
  EXPECT_EQ(partition.FirstFrom(partition.Find(8).value()), 8U);
}

// Whatever was done to a partition: an event that is in it comes to who reads on, and one that is
// not is seen to be missing.
TEST(SequenceSearchTest, PassesNothingInADisorderedPartition) {
  std::mt19937 random(11);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::uint64_t> offsets;
    for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) {
      if (random() % 10 != 0) {
        offsets.push_back(sequence);
      }
      if (random() % 10 == 0) {
        offsets.push_back(random() % 60);
      }
    }
    Partition partition(offsets);
    const std::uint64_t sought = 1 + random() % 40;
    const auto first = std::find(offsets.begin(), offsets.end(), sought);
    const std::int64_t offset = partition.Find(sought).value();
    const auto from = offsets.begin() + std::min<std::int64_t>(offset, partition.end());
    EXPECT_EQ(first != offsets.end(), std::find(from, offsets.end(), sought) != offsets.end());
  }
}

TEST(SequenceSearchTest, EndsWithTheProbesError) {
  const auto found =
      FindSequence(5, 10, [](std::int64_t) -> Result<std::optional<PartitionRecord>> {
        return Status::IoError("away");
      });
  EXPECT_EQ(found.status().message(), "away");
}

}  // namespace
}  // namespace lumbung
