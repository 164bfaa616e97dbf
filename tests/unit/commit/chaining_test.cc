// The links that the writer puts into encoded events.
#include "engine/commit/chaining.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

const std::string kNoLink(sizeof(Hash), '\0');

v1::Event MakeEvent(std::uint64_t sequence) {
  v1::Event event;
  event.set_sequence(sequence);
  event.set_recorded_at(1'780'000'000'000'000);
  event.set_previous_hash(kNoLink);
  event.set_actor("\x22\x20 looks like a link");
  event.mutable_transaction_posted()->mutable_transaction()->set_kind("sale");
  return event;
}

void Add(const v1::Event& event, BlockBuilder& block) {
  const std::string bytes = event.SerializeAsString();
  std::copy(bytes.begin(), bytes.end(), block.Reserve(event.sequence(), bytes.size()));
}

TEST(ChainingTest, FindsTheLinkBehindAnyFieldsBeforeIt) {
  for (const std::uint64_t sequence : {std::uint64_t{1}, std::uint64_t{127}, std::uint64_t{0x22},
                                       std::uint64_t{0x2022}, ~std::uint64_t{0}}) {
    for (const std::int64_t time : {std::int64_t{0}, std::int64_t{0x22}, std::int64_t{-1}}) {
      for (const std::uint32_t epoch : {0U, 0x22U, ~0U}) {
        v1::Event event = MakeEvent(sequence);
        event.set_recorded_at(time);
        event.set_epoch(epoch);
        const std::string link(sizeof(Hash), 'x');
        event.set_previous_hash(link);
        const std::string bytes = event.SerializeAsString();
        EXPECT_EQ(bytes.substr(LinkOffset(bytes), sizeof(Hash)), link);
        event.set_previous_hash(kNoLink);
        EXPECT_EQ(WithoutLink(bytes), event.SerializeAsString());
      }
    }
  }
}

TEST(ChainingDeathTest, RefusesWhatHasNoLink) {
  v1::Event event = MakeEvent(1);
  event.clear_previous_hash();
  EXPECT_DEATH(LinkOffset(event.SerializeAsString()), "");
  event.set_previous_hash("short");
  EXPECT_DEATH(LinkOffset(event.SerializeAsString()), "");
  EXPECT_DEATH(LinkOffset(""), "");
}

TEST(ChainingTest, EachEventHoldsTheHashOfTheOneBefore) {
  Hasher hasher;
  Hash previous;
  previous.fill(7);
  std::string expected_link(AsView(previous));
  std::vector<Hash> hashes;
  for (std::uint64_t block_number = 0; block_number < 2; ++block_number) {
    BlockBuilder block;
    for (std::uint64_t i = 0; i < 3; ++i) {
      Add(MakeEvent(10 + 3 * block_number + i), block);
    }
    block.Finish();
    ChainEvents(hasher, previous, block, hashes);
    for (std::uint64_t i = block.first_sequence(); i <= block.last_sequence(); ++i) {
      v1::Event expected = MakeEvent(i);
      expected.set_previous_hash(expected_link);
      EXPECT_EQ(block.Event(i), expected.SerializeAsString());
      const Hash hash = hasher.Leaf(block.Event(i));
      EXPECT_EQ(hashes.at(i - 10), hash);
      expected_link = AsView(hash);
    }
  }
  EXPECT_EQ(AsView(previous), expected_link);
}

}  // namespace
}  // namespace lumbung
