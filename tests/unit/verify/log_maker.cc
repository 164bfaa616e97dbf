#include "tests/unit/verify/log_maker.h"

#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

#include "engine/base/uuid.h"
#include "engine/chain/tree.h"
#include "engine/store/log_store.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kBlockEvents = 1'000;
constexpr char kOrigin[] = "test.example/0";

}  // namespace

LogMaker::LogMaker() : key_(SigningKey::Generate()) {}

v1::Event LogMaker::Sale(std::uint64_t sequence) {
  v1::Event event;
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_transaction_id(FormatUuid(UuidV4(sequence, 1)));
  transaction.set_cooperative(20417);
  transaction.set_kind("sale");
  v1::Entry& debit = *transaction.add_entries();
  debit.set_code(1121);
  debit.set_debit(static_cast<std::int64_t>(sequence));
  v1::Entry& credit = *transaction.add_entries();
  credit.set_code(4101);
  credit.set_credit(static_cast<std::int64_t>(sequence));
  return event;
}

void LogMaker::Add(v1::Event event) {
  event.set_sequence(events_.size() + 1);
  event.set_recorded_at(1'700'000'000'000'000 + static_cast<std::int64_t>(events_.size()));
  events_.push_back(std::move(event));
  changes_.emplace_back();
}

void LogMaker::FillTo(std::uint64_t events) {
  if (events_.empty()) {
    v1::Event created;
    v1::LedgerCreated& body = *created.mutable_ledger_created();
    body.set_origin(kOrigin);
    body.set_shards(1);
    body.set_format_version(1);
    const PublicKey key = key_.public_key();
    body.set_checkpoint_key(std::string(key.begin(), key.end()));
    Add(std::move(created));
  }
  while (events_.size() < events) {
    Add(Sale(events_.size() + 1));
  }
}

void LogMaker::Corrupt(std::uint64_t sequence, std::function<void(std::string& bytes)> change) {
  changes_[sequence - 1] = std::move(change);
}

std::string LogMaker::Write() {
  std::string dir = ::testing::TempDir() + "verify-XXXXXX";
  EXPECT_NE(mkdtemp(dir.data()), nullptr);
  auto log = LogStore::Create(dir, {});
  EXPECT_TRUE(log.ok()) << log.status().message();
  TreeBuilder tree;
  Hasher hasher;
  BlockBuilder block;
  std::vector<Tile> tiles;
  Hash previous{};
  Hash stored{};
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].previous_hash().empty()) {
      events_[i].set_previous_hash(std::string(AsView(previous)));
    }
    std::string bytes = events_[i].SerializeAsString();
    previous = hasher.Leaf(bytes);
    hashes_.push_back(previous);
    tree.Append(previous, tiles);
    if (changes_[i]) {
      changes_[i](bytes);
    }
    stored = hasher.Leaf(bytes);
    std::memcpy(block.Reserve(i + 1, bytes.size()), bytes.data(), bytes.size());
    if (block.events() == kBlockEvents || i + 1 == events_.size()) {
      block.Finish();
      all_tiles_.insert(all_tiles_.end(), tiles.begin(), tiles.end());
      if (other_tiles_ != nullptr) {
        tiles = i + 1 == events_.size() ? *other_tiles_ : std::vector<Tile>();
      }
      const Status appended = (*log)->Append(block, tiles, stored);
      EXPECT_TRUE(appended.ok()) << appended.message();
      block.Clear();
      tiles.clear();
    }
  }
  EXPECT_TRUE((*log)->Close().ok());
  return dir;
}

std::string LogMaker::CheckpointAt(std::uint64_t size) const {
  TreeBuilder tree;
  std::vector<Tile> tiles;
  for (std::uint64_t i = 0; i < size; ++i) {
    tree.Append(hashes_[i], tiles);
  }
  return SignCheckpoint({kOrigin, size, tree.Root()}, key_);
}

}  // namespace lumbung
