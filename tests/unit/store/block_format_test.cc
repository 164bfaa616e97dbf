#include "engine/store/block_format.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

void Add(BlockBuilder& block, std::uint64_t sequence, const std::string& event) {
  std::uint8_t* const out = block.Reserve(sequence, event.size());
  std::copy(event.begin(), event.end(), out);
}

std::vector<std::string> Events(const std::string& segment) {
  Result<SegmentReader> reader = SegmentReader::Open(segment);
  EXPECT_TRUE(reader.ok()) << reader.status().message();
  std::vector<std::string> events;
  std::string_view event;
  while (reader->Next(event)) {
    events.emplace_back(event);
  }
  EXPECT_EQ(events.size(), reader->count());
  return events;
}

bool Opens(const std::string& segment) { return SegmentReader::Open(segment).ok(); }

TEST(BlockFormat, BytesAreThese) {
  BlockBuilder block;
  Add(block, 7, "abc");
  Add(block, 8, "");
  Add(block, 9, std::string(258, 'x'));
  block.Finish();
  ASSERT_EQ(block.segment_count(), 1U);
  EXPECT_EQ(block.segment(0).first_sequence, 7U);
  EXPECT_EQ(block.segment(0).bytes, std::string("\x01\x01\x00\x03"
                                                "\x00\x03"
                                                "abc"
                                                "\x00\x00"
                                                "\x01\x02",
                                                13) +
                                        std::string(258, 'x'));
  EXPECT_EQ(Events(block.segment(0).bytes),
            (std::vector<std::string>{"abc", "", std::string(258, 'x')}));
}

TEST(BlockFormat, ASegmentHoldsAbout64KiB) {
  // Two events that fill a segment to the last byte, and one byte more.
  const std::size_t half = (kSegmentTargetBytes - kSegmentHeaderBytes) / 2 - kEventHeaderBytes;
  BlockBuilder fits;
  Add(fits, 1, std::string(half, 'a'));
  Add(fits, 2, std::string(half, 'b'));
  fits.Finish();
  ASSERT_EQ(fits.segment_count(), 1U);
  EXPECT_EQ(fits.segment(0).bytes.size(), kSegmentTargetBytes);

  BlockBuilder does_not;
  Add(does_not, 1, std::string(half, 'a'));
  Add(does_not, 2, std::string(half + 1, 'b'));
  does_not.Finish();
  ASSERT_EQ(does_not.segment_count(), 2U);
  EXPECT_EQ(does_not.segment(1).first_sequence, 2U);
  EXPECT_FALSE(SegmentReader::Open(does_not.segment(0).bytes)->last_of_block());
  EXPECT_TRUE(SegmentReader::Open(does_not.segment(1).bytes)->last_of_block());
}

TEST(BlockFormat, TheLargestEventStandsAlone) {
  const std::string largest(kMaxEventBytes, 'z');
  BlockBuilder block;
  Add(block, 1, "a");
  Add(block, 2, largest);
  Add(block, 3, "b");
  block.Finish();
  ASSERT_EQ(block.segment_count(), 3U);
  EXPECT_EQ(Events(block.segment(1).bytes), std::vector<std::string>{largest});
}

TEST(BlockFormat, EventsOfTheBlockBeingBuilt) {
  BlockBuilder block;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    Add(block, 100 + i, std::string(i % 300, static_cast<char>('a' + i % 26)));
  }
  block.Finish();
  EXPECT_GT(block.segment_count(), 3U);
  EXPECT_EQ(block.events(), 2'000U);
  EXPECT_EQ(block.first_sequence(), 100U);
  EXPECT_EQ(block.last_sequence(), 2'099U);
  std::size_t bytes = 0;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    ASSERT_EQ(block.Event(100 + i), std::string(i % 300, static_cast<char>('a' + i % 26))) << i;
    bytes += i % 300;
  }
  EXPECT_EQ(block.bytes(), bytes);
}

TEST(BlockFormat, ClearLeavesNothingBehind) {
  BlockBuilder used;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    Add(used, i, std::string(200, 'x'));
  }
  used.Finish();
  used.Clear();
  EXPECT_TRUE(used.empty());
  Add(used, 5, "abc");
  used.Finish();

  BlockBuilder fresh;
  Add(fresh, 5, "abc");
  fresh.Finish();
  ASSERT_EQ(used.segment_count(), 1U);
  EXPECT_EQ(used.segment(0).bytes, fresh.segment(0).bytes);
  EXPECT_EQ(used.bytes(), 3U);
}

TEST(BlockFormat, WhatIsNotWholeIsCorruption) {
  BlockBuilder block;
  Add(block, 1, "abc");
  Add(block, 2, "defg");
  block.Finish();
  const std::string& whole = block.segment(0).bytes;
  ASSERT_TRUE(Opens(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(SegmentReader::Open(whole.substr(0, size)).status().kind(), Status::Kind::kCorruption)
        << size;
  }
  EXPECT_FALSE(Opens(whole + '\0'));
  for (const auto& [at, byte] : std::vector<std::pair<std::size_t, char>>{
           {0, 0}, {0, 2}, {1, 2}, {1, '\x81'}, {2, 1}, {3, 0}, {3, 1}, {3, 3}, {5, 2}, {5, 4}}) {
    std::string changed = whole;
    changed[at] = byte;
    EXPECT_FALSE(Opens(changed)) << at;
  }
}

}  // namespace
}  // namespace lumbung
