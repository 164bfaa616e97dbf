// The bare pipeline: what any ledger of hash-chained events in RocksDB must do at the least, and
// nothing else. One thread encodes and chains events, the other hashes a tree node for each, puts a
// block and syncs it. No rules, no state, no ids. `lumbung bench` is compared with it.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <rocksdb/db.h>

#include "engine/base/check.h"
#include "engine/base/uuid.h"
#include "engine/chain/hash.h"
#include "engine/store/block_format.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

namespace {

struct Settings {
  std::uint64_t events = 2'000'000;
  std::uint64_t block = 8'000;
  std::string dir;
};

struct Block {
  BlockBuilder events;
  std::vector<Hash> hashes;
};

// Two blocks: one is filled while the other is written.
class Exchange {
 public:
  void Put(std::unique_ptr<Block>& from, std::unique_ptr<Block>& to) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return to == nullptr; });
    to = std::move(from);
    changed_.notify_all();
  }
  std::unique_ptr<Block> Take(std::unique_ptr<Block>& from) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return from != nullptr; });
    changed_.notify_all();
    return std::move(from);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

// The shape of `lumbung bench`'s events.
void Encode(const Settings& settings, Exchange& exchange, std::unique_ptr<Block>& empty,
            std::unique_ptr<Block>& full) {
  Hasher hasher;
  Hash previous{};
  std::mt19937_64 random(1);
  v1::Event event;
  event.set_recorded_at(1'780'000'000'000'000);
  event.set_actor("bench");
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_transaction_id(std::string(36, '-'));
  transaction.set_kind("transfer");
  transaction.set_channel("internal-transfer");
  transaction.set_business_date(20260531);
  transaction.add_entries()->set_code(1122);
  transaction.add_entries()->set_code(1122);
  event.mutable_transaction_posted()->mutable_posting()->set_posting_date(20260531);
  for (std::uint64_t sequence = 1; sequence <= settings.events;) {
    std::unique_ptr<Block> block = exchange.Take(empty);
    block->events.Clear();
    block->hashes.clear();
    for (std::uint64_t i = 0; i < settings.block && sequence <= settings.events; ++i, ++sequence) {
      event.set_sequence(sequence);
      event.mutable_previous_hash()->assign(AsView(previous));
      FormatUuidTo(UuidV7(1'780'000'000'000 + (sequence >> 12), sequence, random()),
                   transaction.mutable_transaction_id()->data());
      const std::uint64_t draw = random();
      const auto amount = static_cast<std::int64_t>(100 + draw % 10'000'000);
      transaction.set_cooperative(1 + draw % 10);
      transaction.mutable_entries(0)->set_holder(1 + (draw >> 16) % 1'000);
      transaction.mutable_entries(0)->set_debit(amount);
      transaction.mutable_entries(1)->set_holder(1 + (draw >> 40) % 1'000);
      transaction.mutable_entries(1)->set_credit(amount);
      const std::size_t size = event.ByteSizeLong();
      std::uint8_t* bytes = block->events.Reserve(sequence, size);
      event.SerializeWithCachedSizesToArray(bytes);
      previous = hasher.Leaf({reinterpret_cast<const char*>(bytes), size});
      block->hashes.push_back(previous);
    }
    block->events.Finish();
    exchange.Put(block, full);
  }
}

std::unique_ptr<rocksdb::DB> OpenDatabase(const std::string& dir) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.allow_concurrent_memtable_write = false;
  rocksdb::DB* database = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, dir, &database);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
  }
  LUMBUNG_CHECK(status.ok());
  return std::unique_ptr<rocksdb::DB>(database);
}

void WriteBlock(rocksdb::DB& database, const Block& block, Hasher& hasher, Hash& root) {
  for (const Hash& hash : block.hashes) {
    root = hasher.Node(root, hash);
  }
  rocksdb::WriteBatch batch;
  for (std::size_t i = 0; i < block.events.segment_count(); ++i) {
    const Segment& segment = block.events.segment(i);
    std::string key;
    AppendBigEndian(key, segment.first_sequence);
    LUMBUNG_CHECK(batch.Put(key, segment.bytes).ok());
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  LUMBUNG_CHECK(database.Write(options, &batch).ok());
}

double Run(const Settings& settings) {
  const std::unique_ptr<rocksdb::DB> database = OpenDatabase(settings.dir);
  Exchange exchange;
  std::unique_ptr<Block> empty = std::make_unique<Block>();
  std::unique_ptr<Block> full;
  // The second of the two blocks starts in the writer's hands.
  std::unique_ptr<Block> spare = std::make_unique<Block>();
  const auto start = std::chrono::steady_clock::now();
  std::thread encoder([&] { Encode(settings, exchange, empty, full); });
  Hasher hasher;
  Hash root{};
  for (std::uint64_t left = settings.events; left > 0;) {
    std::unique_ptr<Block> block = exchange.Take(full);
    // The block written before it is filled while this one is written.
    exchange.Put(spare, empty);
    WriteBlock(*database, *block, hasher, root);
    left -= block->events.events();
    spare = std::move(block);
  }
  encoder.join();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(settings.events) / seconds.count();
}

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("The least that a ledger of hash-chained events in RocksDB must do.");
  app.footer("\nExample:\n  bench_pipeline --events 2000000 --block 8000\n");
  app.add_option("--events", settings.events, "Events")->capture_default_str();
  app.add_option("--block", settings.block, "Events a block")->capture_default_str();
  app.add_option("--dir", settings.dir,
                 "Folder on the disk to be measured; default: one below "
                 "the current folder");
  CLI11_PARSE(app, argc, argv);
  if (settings.dir.empty()) {
    settings.dir = "bench-pipeline-" + std::to_string(getpid());
  }
  const double rate = Run(settings);
  std::filesystem::remove_all(settings.dir);
  std::printf("{\"events_per_second\": %.0f}\n", rate);
  return 0;
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) { return lumbung::Main(argc, argv); }
