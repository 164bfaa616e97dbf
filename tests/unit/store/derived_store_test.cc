#include "engine/store/derived_store.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/derived_fixture.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

class Folder : public TemporaryDirectory {
 public:
  fs::path store() const { return fs::path(path()) / "derived"; }
  // The store's tables, in order.
  std::vector<fs::path> Tables() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(store())) {
      if (entry.path().extension() == ".sst") {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }
};

std::unique_ptr<DerivedStore> Open(const Folder& folder, const DerivedStoreOptions& options = {}) {
  return Must(DerivedStore::Open(folder.path(), options));
}

TEST(DerivedStore, AbsentIsEmpty) {
  const Folder folder;
  const auto store = Open(folder);
  EXPECT_EQ(store->marker(), Head());
  EXPECT_EQ(store->generation(), 0U);
  EXPECT_EQ(FindOne(*store, MakeKey(1)), 0U);
  EXPECT_TRUE(RowsOf(*store).empty());
  EXPECT_OK(store->FindIds({}, {}));
  EXPECT_OK(store->Close());
}

TEST(DerivedStore, IdsRowsAndMarkerComeBackAfterReopening) {
  const Folder folder;
  auto store = Open(folder);
  const std::vector<IdEntry> ids = {{MakeKey(1), 5}, {MakeKey(1, 1, 2), 6}, {MakeKey(9), 7}};
  EXPECT_OK(store->Install(MarkerAt(7), ids, std::vector<StateRow>{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(store->generation(), 1U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(store->marker(), MarkerAt(7));
    EXPECT_EQ(FindOne(*store, MakeKey(1)), 5U);
    EXPECT_EQ(FindOne(*store, MakeKey(1, 1, 2)), 6U);
    EXPECT_EQ(FindOne(*store, MakeKey(9)), 7U);
    EXPECT_EQ(FindOne(*store, MakeKey(1, 1, 3)), 0U);
    EXPECT_EQ(FindOne(*store, MakeKey(10)), 0U);
    EXPECT_EQ(RowsOf(*store), (RowMap{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(store->Stats().ids, 3U);
    EXPECT_OK(store->VerifyFiles());
    store.reset();
    store = Open(folder);
    EXPECT_EQ(store->generation(), 0U);
  }
}

TEST(DerivedStore, RowsAreReplacedAndDeleted) {
  const Folder folder;
  auto store = Open(folder);
  EXPECT_OK(
      store->Install(MarkerAt(1), {}, std::vector<StateRow>{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_OK(store->Install(MarkerAt(2), {}, std::vector<StateRow>{{"a", "4"}, {"b", "", true}}));
  EXPECT_EQ(RowsOf(*store), (RowMap{{"a", "4"}, {"c", "3"}}));
  EXPECT_OK(store->Install(MarkerAt(3), {}, {}));
  EXPECT_EQ(store->marker(), MarkerAt(3));
  EXPECT_EQ(RowsOf(*store), (RowMap{{"a", "4"}, {"c", "3"}}));
}

TEST(DerivedStore, VisitorEndsTheReading) {
  const Folder folder;
  auto store = Open(folder);
  EXPECT_OK(store->Install(MarkerAt(1), {}, std::vector<StateRow>{{"a", "1"}, {"b", "2"}}));
  int rows = 0;
  const Status status = store->ForEachRow([&](std::string_view, std::string_view) {
    ++rows;
    return Status::Cancelled("enough");
  });
  EXPECT_EQ(status.kind(), Status::Kind::kCancelled);
  EXPECT_EQ(rows, 1);
}

RC_GTEST_PROP(DerivedStoreProperty, HoldsWhatAModelHolds, ()) {
  const Folder folder;
  DerivedStoreOptions options;
  options.file_system = std::make_shared<FaultFileSystem>();  // without faults: it does not sync
  auto store = Open(folder, options);
  DerivedModel model(*rc::gen::arbitrary<std::uint64_t>());
  const auto reopen = [&] {
    EXPECT_OK(store->Close());
    store.reset();
    store = Open(folder, options);
  };
  const auto steps =
      *rc::gen::resize(20, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12)));
  for (const int step : steps) {
    if (step < 8) {
      InstallNext(*store, model, static_cast<IdShape>(step % 4), step < 5 ? 50 : step * 130);
    } else if (step == 8) {
      reopen();
    } else if (step == 9) {
      EXPECT_OK(store->WaitForMerges());
    } else {
      model.ExpectIn(*store);
    }
  }
  EXPECT_OK(store->WaitForMerges());
  model.ExpectIn(*store);
  reopen();
  model.ExpectIn(*store);
  EXPECT_OK(store->VerifyFiles());
  RC_ASSERT(!::testing::Test::HasFailure());
}

TEST(DerivedStore, MergesKeepRunsFewAndEveryId) {
  const Folder folder;
  auto store = Open(folder);
  DerivedModel model(1);
  for (int i = 0; i < 70; ++i) {
    InstallNext(*store, model, IdShape::kRandom, 300);
  }
  EXPECT_OK(store->WaitForMerges());
  EXPECT_LE(store->Stats().runs, 7U * 3);
  EXPECT_GT(store->Stats().bytes_merged, 0U);
  model.ExpectIn(*store);
  store.reset();
  store = Open(folder);
  model.ExpectIn(*store);
  // Nothing of what was merged is left.
  std::uint64_t bytes = 0;
  for (const fs::path& file : folder.Tables()) {
    bytes += fs::file_size(file);
  }
  EXPECT_EQ(bytes, store->BytesOnDisk());
}

TEST(DerivedStore, IdsInOrderOfTimeAreNotWrittenAgain) {
  const Folder folder;
  auto store = Open(folder);
  DerivedModel model(1);
  for (int i = 0; i < 9; ++i) {
    InstallNext(*store, model, IdShape::kInTimeOrder, 33'000);
  }
  EXPECT_OK(store->WaitForMerges());
  const DerivedStoreStats stats = store->Stats();
  EXPECT_EQ(stats.runs, 2U);
  EXPECT_EQ(stats.pieces, 9U);
  EXPECT_EQ(stats.bytes_merged, 0U);
  model.ExpectIn(*store);
}

// Each install brings some ids that are a little late: a piece of their own.
TEST(DerivedStore, TinyPiecesDoNotPileUp) {
  const Folder folder;
  auto store = Open(folder);
  DerivedModel model(1);
  for (int i = 0; i < 40; ++i) {
    InstallNext(*store, model, IdShape::kNearTimeOrder, 500);
  }
  EXPECT_OK(store->WaitForMerges());
  EXPECT_LE(store->Stats().pieces, 21U);
  model.ExpectIn(*store);
}

TEST(DerivedStore, LargestAndSmallestKeysAreOrdinaryIds) {
  const Folder folder;
  auto store = Open(folder);
  const IdKey smallest = MakeKey(0, 0, 0);
  const IdKey largest = MakeKey(~0ULL, ~0ULL, ~0ULL);
  EXPECT_OK(store->Install(MarkerAt(1), EntriesOf({{largest, 1}}), {}));
  for (std::uint64_t i = 2; i < 9; ++i) {
    EXPECT_OK(store->Install(MarkerAt(i), EntriesOf({{MakeKey(i), i}}), {}));
  }
  EXPECT_OK(store->Install(MarkerAt(9), EntriesOf({{smallest, 9}}), {}));
  EXPECT_OK(store->WaitForMerges());
  EXPECT_EQ(store->Stats().runs, 2U);
  EXPECT_EQ(FindOne(*store, largest), 1U);
  EXPECT_EQ(FindOne(*store, smallest), 9U);
  EXPECT_EQ(FindOne(*store, MakeKey(5)), 5U);
  EXPECT_EQ(FindOne(*store, MakeKey(0, 0, 1)), 0U);
}

TEST(DerivedStore, WithoutMemoryForFiltersAnswersAreTheSame) {
  const Folder folder;
  DerivedModel model(1);
  {
    const auto store = Open(folder);
    for (int i = 0; i < 20; ++i) {
      InstallNext(*store, model, static_cast<IdShape>(i % 4), 500);
    }
  }
  DerivedStoreOptions options;
  options.cache_bytes = 2000;
  const auto store = Open(folder, options);
  model.ExpectIn(*store);
  EXPECT_LE(store->Stats().filter_bytes, 2000U);
  EXPECT_GT(store->Stats().filter_bytes, 0U);
}

TEST(DerivedStore, ReadsGoOnBesideInstallsAndMerges) {
  const Folder folder;
  auto store = Open(folder);
  std::mt19937_64 random(3);
  IdMap first;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    first[MakeKey(random(), random())] = i;
  }
  EXPECT_OK(store->Install(MarkerAt(1), EntriesOf(first), {}));
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
    IdMap more;
    for (std::uint64_t k = 0; k < 100; ++k) {
      more[MakeKey(random(), random())] = i;
    }
    EXPECT_TRUE(
        store->Install(MarkerAt(i), EntriesOf(more), std::vector<StateRow>{{"a", "1"}}).ok());
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
  EXPECT_OK(Open(folder)->Install(MarkerAt(3), EntriesOf({{MakeKey(1), 3}}), {}));
  std::ofstream(folder.store() / "incoming" / "ids-2.sst") << "half of a file";
  std::ofstream(folder.store() / "incoming" / "meta.sst") << "";
  auto store = Open(folder);
  EXPECT_TRUE(fs::is_empty(folder.store() / "incoming"));
  EXPECT_EQ(store->marker(), MarkerAt(3));
  EXPECT_OK(store->Install(MarkerAt(4), EntriesOf({{MakeKey(2), 4}}), {}));
  EXPECT_EQ(FindOne(*store, MakeKey(2)), 4U);
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
  EXPECT_OK(DerivedStore::Destroy(folder.path()));  // nothing there
  EXPECT_OK(Open(folder)->Install(MarkerAt(3), EntriesOf({{MakeKey(1), 3}}), {}));
  EXPECT_OK(DerivedStore::Destroy(folder.path()));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const auto store = Open(folder);
  EXPECT_EQ(store->marker(), Head());
  EXPECT_EQ(FindOne(*store, MakeKey(1)), 0U);
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
    EXPECT_EQ(FindOne(*store, MakeKey(1)), 0U);
    EXPECT_TRUE(RowsOf(*store).empty());
    EXPECT_EQ(store->BytesOnDisk(), 0U);
    EXPECT_OK(store->VerifyFiles());
    EXPECT_TRUE(fs::is_empty(folder.path()));
  }
  EXPECT_OK(Open(folder)->Install(MarkerAt(3), EntriesOf({{MakeKey(1), 3}}),
                                  std::vector<StateRow>{{"a", "1"}}));
  std::map<fs::path, fs::file_time_type> before;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    before[entry.path()] = entry.last_write_time();
  }
  {
    const auto store = Open(folder, read_only);
    EXPECT_EQ(store->marker(), MarkerAt(3));
    EXPECT_EQ(FindOne(*store, MakeKey(1)), 3U);
    EXPECT_EQ(RowsOf(*store), (RowMap{{"a", "1"}}));
    EXPECT_EQ(store->Install(MarkerAt(4), {}, {}).kind(), Status::Kind::kRefused);
  }
  std::map<fs::path, fs::file_time_type> after;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    after[entry.path()] = entry.last_write_time();
  }
  EXPECT_EQ(before, after);
}

TEST(DerivedStore, AMissingFileIsFoundAtOpening) {
  const Folder folder;
  EXPECT_OK(Open(folder)->Install(MarkerAt(3), EntriesOf({{MakeKey(1), 3}}),
                                  std::vector<StateRow>{{"a", "1"}}));
  for (const char* extension : {".sst", "CURRENT"}) {
    const auto files = folder.Tables();
    ASSERT_EQ(files.size(), 3U);
    const fs::path file = extension[0] == '.' ? files[1] : folder.store() / extension;
    fs::rename(file, folder.path() + "/aside");
    EXPECT_EQ(DerivedStore::Open(folder.path(), {}).status().kind(), Status::Kind::kCorruption)
        << extension;
    fs::rename(folder.path() + "/aside", file);
  }
  EXPECT_EQ(Open(folder)->marker(), MarkerAt(3));
}

// A flipped byte anywhere in a file of ids, rows or manifest: opening or VerifyFiles says so.
TEST(DerivedStore, AFlippedByteIsFound) {
  const Folder folder;
  EXPECT_OK(Open(folder)->Install(MarkerAt(3), EntriesOf({{MakeKey(1), 3}}),
                                  std::vector<StateRow>{{"a", "1"}}));
  const auto files = folder.Tables();
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
  EXPECT_OK(store->VerifyFiles());
  EXPECT_EQ(FindOne(*store, MakeKey(1)), 3U);
}

}  // namespace
}  // namespace lumbung
