#include "engine/store/derived_store.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/base/bytes.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

using Rows = std::map<std::string, std::string>;
using Ids = std::map<IdKey, std::uint64_t>;

IdKey Key(std::uint64_t a, std::uint64_t b = 1, std::uint64_t c = 1) {
  IdKey key;
  StoreBigEndian(key.data(), a);
  StoreBigEndian(key.data() + 8, b);
  StoreBigEndian(key.data() + 16, c);
  return key;
}

Head At(std::uint64_t sequence) {
  Head head;
  head.sequence = sequence;
  head.hash.fill(static_cast<std::uint8_t>(sequence));
  return head;
}

class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "derivedXXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }

  const std::string& path() const { return path_; }
  fs::path store() const { return fs::path(path_) / "derived"; }
  // The store's files with this ending, in order.
  std::vector<fs::path> Files(const std::string& extension) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(store())) {
      if (entry.path().extension() == extension) {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

 private:
  std::string path_;
};

std::unique_ptr<DerivedStore> Open(const Folder& folder, DerivedStoreOptions options = {}) {
  auto store = DerivedStore::Open(folder.path(), options);
  EXPECT_TRUE(store.ok()) << store.status().message();
  return store.ok() ? std::move(*store) : nullptr;
}

#define ASSERT_OK(expression)                             \
  do {                                                    \
    const Status assert_ok_ = (expression);               \
    ASSERT_TRUE(assert_ok_.ok()) << assert_ok_.message(); \
  } while (false)

Rows RowsOf(const DerivedStore& store) {
  Rows rows;
  const Status status = store.ForEachRow([&](std::string_view key, std::string_view value) {
    EXPECT_TRUE(rows.empty() || rows.rbegin()->first < key);
    rows.emplace(key, value);
    return Status::Ok();
  });
  EXPECT_TRUE(status.ok()) << status.message();
  return rows;
}

std::uint64_t Find(const DerivedStore& store, const IdKey& key) {
  std::uint64_t sequence = 99;
  const Status status = store.FindIds({&key, 1}, {&sequence, 1});
  EXPECT_TRUE(status.ok()) << status.message();
  return sequence;
}

// Every id of the model is found in one batch, in random order and among absent ones.
void ExpectIds(const DerivedStore& store, const Ids& model, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::vector<IdKey> keys;
  for (const auto& [key, sequence] : model) {
    keys.push_back(key);
    IdKey absent = key;
    absent[23] ^= static_cast<std::uint8_t>(1 + random() % 255);
    keys.push_back(absent);
    keys.push_back(Key(random(), random(), random()));
  }
  std::shuffle(keys.begin(), keys.end(), random);
  std::vector<std::uint64_t> sequences(keys.size(), 99);
  const Status status = store.FindIds(keys, sequences);
  ASSERT_TRUE(status.ok()) << status.message();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto expected = model.find(keys[i]);
    ASSERT_EQ(sequences[i], expected == model.end() ? 0 : expected->second);
  }
}

std::vector<IdEntry> Entries(const Ids& ids) {
  std::vector<IdEntry> entries;
  for (const auto& [key, sequence] : ids) {
    entries.push_back({key, sequence});
  }
  return entries;
}

TEST(DerivedStore, AbsentIsEmpty) {
  const Folder folder;
  const auto store = Open(folder);
  EXPECT_EQ(store->marker(), Head());
  EXPECT_EQ(store->generation(), 0U);
  EXPECT_EQ(Find(*store, Key(1)), 0U);
  EXPECT_TRUE(RowsOf(*store).empty());
  ASSERT_OK(store->FindIds({}, {}));
  ASSERT_OK(store->Close());
}

TEST(DerivedStore, IdsRowsAndMarkerComeBackAfterReopening) {
  const Folder folder;
  auto store = Open(folder);
  const std::vector<IdEntry> ids = {{Key(1), 5}, {Key(1, 1, 2), 6}, {Key(9), 7}};
  ASSERT_OK(store->Install(At(7), ids, std::vector<StateRow>{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(store->generation(), 1U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(store->marker(), At(7));
    EXPECT_EQ(Find(*store, Key(1)), 5U);
    EXPECT_EQ(Find(*store, Key(1, 1, 2)), 6U);
    EXPECT_EQ(Find(*store, Key(9)), 7U);
    EXPECT_EQ(Find(*store, Key(1, 1, 3)), 0U);
    EXPECT_EQ(Find(*store, Key(10)), 0U);
    EXPECT_EQ(RowsOf(*store), (Rows{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(store->Stats().ids, 3U);
    ASSERT_OK(store->VerifyFiles());
    store.reset();
    store = Open(folder);
    EXPECT_EQ(store->generation(), 0U);
  }
}

TEST(DerivedStore, RowsAreReplacedAndDeleted) {
  const Folder folder;
  auto store = Open(folder);
  ASSERT_OK(store->Install(At(1), {}, std::vector<StateRow>{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  ASSERT_OK(store->Install(At(2), {}, std::vector<StateRow>{{"a", "4"}, {"b", "", true}}));
  EXPECT_EQ(RowsOf(*store), (Rows{{"a", "4"}, {"c", "3"}}));
  ASSERT_OK(store->Install(At(3), {}, {}));
  EXPECT_EQ(store->marker(), At(3));
  EXPECT_EQ(RowsOf(*store), (Rows{{"a", "4"}, {"c", "3"}}));
}

TEST(DerivedStore, VisitorEndsTheReading) {
  const Folder folder;
  auto store = Open(folder);
  ASSERT_OK(store->Install(At(1), {}, std::vector<StateRow>{{"a", "1"}, {"b", "2"}}));
  int rows = 0;
  const Status status = store->ForEachRow([&](std::string_view, std::string_view) {
    ++rows;
    return Status::Cancelled("enough");
  });
  EXPECT_EQ(status.kind(), Status::Kind::kCancelled);
  EXPECT_EQ(rows, 1);
}

// What a random history of one store does, beside a model of it.
struct History {
  Folder folder;
  std::unique_ptr<DerivedStore> store = Open(folder);
  Ids ids;
  Rows rows;
  std::uint64_t sequence = 0;
  std::mt19937_64 random;

  IdKey NewKey(int shape) {
    while (true) {
      ++sequence;
      const IdKey key = shape == 0   ? Key(random(), random(), random() % 3)
                        : shape == 1 ? Key(0x0190'0000'0000'0000 + sequence, random())
                        : shape == 2 ? Key(random() % 4, random() % 4, sequence)
                                     : Key(0x0190'0000'0000'0000 + sequence + random() % 200);
      if (!ids.contains(key)) {
        return key;
      }
    }
  }

  void Install(int shape, std::size_t count) {
    Ids added;
    for (std::size_t i = 0; i < count; ++i) {
      const IdKey key = NewKey(shape);
      added[key] = sequence;
      ids[key] = sequence;
    }
    std::map<std::string, StateRow> changed;
    for (std::size_t i = 0; i < count / 4; ++i) {
      const std::string key = std::to_string(random() % 300);
      const bool deleted = random() % 4 == 0;
      changed[key] = {key, deleted ? "" : std::to_string(random()), deleted};
    }
    std::vector<StateRow> changes;
    for (const auto& [key, row] : changed) {
      changes.push_back(row);
      if (row.deleted) {
        rows.erase(key);
      } else {
        rows[key] = row.value;
      }
    }
    ++sequence;
    ASSERT_OK(store->Install(At(sequence), Entries(added), changes));
  }

  void Reopen() {
    ASSERT_OK(store->Close());
    store.reset();
    store = Open(folder);
  }

  void Check() {
    EXPECT_EQ(store->marker(), At(sequence));
    EXPECT_EQ(store->Stats().ids, ids.size());
    EXPECT_EQ(RowsOf(*store), rows);
    ExpectIds(*store, ids, sequence);
  }
};

RC_GTEST_PROP(DerivedStoreProperty, HoldsWhatAModelHolds, ()) {
  History history;
  history.random.seed(*rc::gen::arbitrary<std::uint64_t>());
  const auto steps =
      *rc::gen::resize(25, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12)));
  for (const int step : steps) {
    if (step < 8) {
      history.Install(step % 4, history.random() % (step == 7 ? 2000 : 200));
    } else if (step == 8) {
      history.Reopen();
    } else if (step == 9) {
      RC_ASSERT(history.store->WaitForMerges().ok());
    } else {
      history.Check();
    }
  }
  RC_ASSERT(history.store->WaitForMerges().ok());
  history.Check();
  history.Reopen();
  history.Check();
  RC_ASSERT(history.store->VerifyFiles().ok());
  RC_ASSERT(!::testing::Test::HasFailure());
}

TEST(DerivedStore, MergesKeepRunsFewAndEveryId) {
  History history;
  for (int i = 0; i < 70; ++i) {
    history.Install(0, 300);
  }
  ASSERT_OK(history.store->WaitForMerges());
  const DerivedStoreStats stats = history.store->Stats();
  EXPECT_LE(stats.runs, 7U * 3);
  EXPECT_GT(stats.bytes_merged, 0U);
  history.Check();
  history.Reopen();
  history.Check();
  // Nothing of what was merged is left.
  std::uint64_t bytes = 0;
  for (const fs::path& file : history.folder.Files(".sst")) {
    bytes += fs::file_size(file);
  }
  EXPECT_EQ(bytes, history.store->BytesOnDisk());
  EXPECT_EQ(history.store->Stats().ids, 70U * 300);
}

TEST(DerivedStore, IdsInOrderOfTimeAreNeverWrittenAgain) {
  const Folder folder;
  auto store = Open(folder);
  Ids ids;
  std::uint64_t sequence = 0;
  for (int install = 0; install < 40; ++install) {
    Ids added;
    for (int i = 0; i < 200; ++i) {
      ++sequence;
      added[Key(0x0190'0000'0000'0000 + sequence)] = sequence;
    }
    ids.insert(added.begin(), added.end());
    ASSERT_OK(store->Install(At(sequence), Entries(added), {}));
  }
  ASSERT_OK(store->WaitForMerges());
  const DerivedStoreStats stats = store->Stats();
  EXPECT_LE(stats.runs, 14U);
  EXPECT_EQ(stats.pieces, 40U);
  EXPECT_EQ(stats.bytes_merged, 0U);
  ExpectIds(*store, ids);
}

TEST(DerivedStore, LargestAndSmallestKeysAreOrdinaryIds) {
  const Folder folder;
  auto store = Open(folder);
  const IdKey smallest = Key(0, 0, 0);
  const IdKey largest = Key(~0ULL, ~0ULL, ~0ULL);
  ASSERT_OK(store->Install(At(1), Entries({{largest, 1}}), {}));
  for (std::uint64_t i = 2; i < 9; ++i) {
    ASSERT_OK(store->Install(At(i), Entries({{Key(i), i}}), {}));
  }
  ASSERT_OK(store->Install(At(9), Entries({{smallest, 9}}), {}));
  ASSERT_OK(store->WaitForMerges());
  EXPECT_EQ(store->Stats().runs, 2U);
  EXPECT_EQ(Find(*store, largest), 1U);
  EXPECT_EQ(Find(*store, smallest), 9U);
  EXPECT_EQ(Find(*store, Key(5)), 5U);
  EXPECT_EQ(Find(*store, Key(0, 0, 1)), 0U);
}

TEST(DerivedStore, WithoutMemoryForFiltersAnswersAreTheSame) {
  History history;
  for (int i = 0; i < 20; ++i) {
    history.Install(i % 4, 500);
  }
  ASSERT_OK(history.store->Close());
  DerivedStoreOptions options;
  options.cache_bytes = 2000;
  history.store = Open(history.folder, options);
  history.Check();
  const DerivedStoreStats stats = history.store->Stats();
  EXPECT_LE(stats.filter_bytes, 2000U);
  EXPECT_GT(stats.filter_bytes, 0U);
}

TEST(DerivedStore, ReadsGoOnBesideInstallsAndMerges) {
  const Folder folder;
  auto store = Open(folder);
  std::mt19937_64 random(3);
  Ids first;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    first[Key(random(), random())] = i;
  }
  ASSERT_OK(store->Install(At(1), Entries(first), {}));
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (std::uint64_t reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      do {
        ExpectIds(*store, first, reader);
        EXPECT_GE(store->marker().sequence, 1U);
        static_cast<void>(store->Stats());
        static_cast<void>(store->MemoryBytes());
      } while (!done);
    });
  }
  for (std::uint64_t i = 2; i < 60; ++i) {
    Ids more;
    for (std::uint64_t k = 0; k < 100; ++k) {
      more[Key(random(), random())] = i;
    }
    EXPECT_TRUE(store->Install(At(i), Entries(more), std::vector<StateRow>{{"a", "1"}}).ok());
  }
  EXPECT_TRUE(store->WaitForMerges().ok());
  done = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(store->Stats().ids, 2000U + 58 * 100);
}

// A file that was written but not ingested: the process was killed between the two.
TEST(DerivedStore, OpeningDeletesWhatWasNotInstalled) {
  const Folder folder;
  ASSERT_OK(Open(folder)->Install(At(3), Entries({{Key(1), 3}}), {}));
  std::ofstream(folder.store() / "incoming" / "ids-2.sst") << "half of a file";
  std::ofstream(folder.store() / "incoming" / "meta.sst") << "";
  auto store = Open(folder);
  EXPECT_TRUE(fs::is_empty(folder.store() / "incoming"));
  EXPECT_EQ(store->marker(), At(3));
  ASSERT_OK(store->Install(At(4), Entries({{Key(2), 4}}), {}));
  EXPECT_EQ(Find(*store, Key(2)), 4U);
}

TEST(DerivedStore, AMakingThatWasInterruptedIsBegunAnew) {
  const Folder folder;
  fs::create_directory(folder.store());
  std::ofstream(folder.store() / "MANIFEST-000001") << "half";
  const auto store = Open(folder);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->marker(), Head());
}

TEST(DerivedStore, ASecondOwnerIsRefused) {
  const Folder folder;
  const auto store = Open(folder);
  EXPECT_FALSE(DerivedStore::Open(folder.path(), {}).ok());
}

TEST(DerivedStore, DestroyedIsEmpty) {
  const Folder folder;
  ASSERT_OK(DerivedStore::Destroy(folder.path()));  // nothing there
  ASSERT_OK(Open(folder)->Install(At(3), Entries({{Key(1), 3}}), {}));
  ASSERT_OK(DerivedStore::Destroy(folder.path()));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const auto store = Open(folder);
  EXPECT_EQ(store->marker(), Head());
  EXPECT_EQ(Find(*store, Key(1)), 0U);
}

TEST(DerivedStore, OpeningDeletesWhatDestroyLeft) {
  const Folder folder;
  fs::create_directory(fs::path(folder.path()) / "derived.deleted");
  std::ofstream(fs::path(folder.path()) / "derived.deleted" / "000001.sst") << "x";
  const auto store = Open(folder);
  EXPECT_FALSE(fs::exists(fs::path(folder.path()) / "derived.deleted"));
}

TEST(DerivedStore, ReadOnlyReadsAndChangesNothing) {
  const Folder folder;
  DerivedStoreOptions read_only;
  read_only.read_only = true;
  {
    const auto store = Open(folder, read_only);
    EXPECT_EQ(store->marker(), Head());
    EXPECT_EQ(Find(*store, Key(1)), 0U);
    EXPECT_TRUE(RowsOf(*store).empty());
    EXPECT_EQ(store->BytesOnDisk(), 0U);
    ASSERT_OK(store->VerifyFiles());
    EXPECT_TRUE(fs::is_empty(folder.path()));
  }
  ASSERT_OK(
      Open(folder)->Install(At(3), Entries({{Key(1), 3}}), std::vector<StateRow>{{"a", "1"}}));
  std::map<fs::path, fs::file_time_type> before;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    before[entry.path()] = entry.last_write_time();
  }
  {
    const auto store = Open(folder, read_only);
    EXPECT_EQ(store->marker(), At(3));
    EXPECT_EQ(Find(*store, Key(1)), 3U);
    EXPECT_EQ(RowsOf(*store), (Rows{{"a", "1"}}));
    EXPECT_EQ(store->Install(At(4), {}, {}).kind(), Status::Kind::kRefused);
  }
  std::map<fs::path, fs::file_time_type> after;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    after[entry.path()] = entry.last_write_time();
  }
  EXPECT_EQ(before, after);
}

TEST(DerivedStore, AMissingFileIsFoundAtOpening) {
  const Folder folder;
  ASSERT_OK(
      Open(folder)->Install(At(3), Entries({{Key(1), 3}}), std::vector<StateRow>{{"a", "1"}}));
  for (const char* extension : {".sst", "CURRENT"}) {
    const auto files = folder.Files(".sst");
    ASSERT_EQ(files.size(), 3U);
    const fs::path file = extension[0] == '.' ? files[1] : folder.store() / extension;
    fs::rename(file, folder.path() + "/aside");
    EXPECT_EQ(DerivedStore::Open(folder.path(), {}).status().kind(), Status::Kind::kCorruption)
        << extension;
    fs::rename(folder.path() + "/aside", file);
  }
  EXPECT_EQ(Open(folder)->marker(), At(3));
}

// A flipped byte anywhere in a file of ids, rows or manifest: opening or VerifyFiles says so.
TEST(DerivedStore, AFlippedByteIsFound) {
  const Folder folder;
  ASSERT_OK(
      Open(folder)->Install(At(3), Entries({{Key(1), 3}}), std::vector<StateRow>{{"a", "1"}}));
  const auto files = folder.Files(".sst");
  ASSERT_EQ(files.size(), 3U);
  for (const fs::path& file : files) {
    const auto size = static_cast<std::int64_t>(fs::file_size(file));
    for (std::int64_t at = 0; at < size; at += 1 + size / 40) {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(at);
      const int byte = bytes.get();
      bytes.seekp(at);
      bytes.put(static_cast<char>(byte ^ 0x10));
      bytes.flush();
      const auto store = DerivedStore::Open(folder.path(), {});
      EXPECT_FALSE(store.ok() && (*store)->VerifyFiles().ok()) << file << " " << at;
      bytes.seekp(at);
      bytes.put(static_cast<char>(byte));
    }
  }
  const auto store = Open(folder);
  ASSERT_OK(store->VerifyFiles());
  EXPECT_EQ(Find(*store, Key(1)), 3U);
}

}  // namespace
}  // namespace lumbung
