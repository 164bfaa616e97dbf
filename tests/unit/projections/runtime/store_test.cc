// Rows and positions on disk: together as they were after some batch, whatever happens.
#include "projections/runtime/store.h"

#include <filesystem>
#include <future>
#include <map>

#include <rocksdb/env.h>

#include "tests/support/fast_directory.h"
#include "tests/support/fault_cases.h"
#include "tests/unit/projections/runtime/runner_fixture.h"

namespace lumbung {
namespace {

const ProjectionIdentity kIdentity{"sums", 1, "rules 1"};

std::unique_ptr<ProjectionStore> OpenStore(const std::string& dir,
                                           const ProjectionStoreOptions& options = {}) {
  return Must(ProjectionStore::Open(dir, kIdentity, options));
}

Status Put(ProjectionStore& store, const std::string& key, const std::string& value,
           std::uint64_t sequence) {
  Positions positions;
  positions[0].sequence = sequence;
  return store.Commit(
      [&](RowWriter& out) {
        out.Put(key, value);
        return Status::Ok();
      },
      positions);
}

TEST(ProjectionStore, KeepsRowsAndPositions) {
  const TemporaryDirectory dir;
  {
    const auto store = OpenStore(dir.path());
    EXPECT_TRUE(store->view()->positions().empty());
    EXPECT_OK(Put(*store, "a1", "one", 5));
    EXPECT_OK(Put(*store, "a3", "three", 6));
    EXPECT_OK(Put(*store, "b1", "other", 7));
    EXPECT_EQ(store->Stats().rows_written, 3U);
  }
  const auto store = OpenStore(dir.path());
  const auto view = store->view();
  EXPECT_EQ(view->positions().at(0).sequence, 7U);
  std::string value;
  EXPECT_TRUE(Must(view->Get("a1", value)));
  EXPECT_EQ(value, "one");
  EXPECT_FALSE(Must(view->Get("a2", value)));
  std::vector<std::optional<std::string>> values;
  EXPECT_OK(view->GetAll(std::vector<std::string>{"a1", "a2", "a3"}, values));
  EXPECT_EQ(values, (std::vector<std::optional<std::string>>{"one", std::nullopt, "three"}));
}

TEST(ProjectionStore, CursorsStayWithinTheirPrefix) {
  const TemporaryDirectory dir;
  const auto store = OpenStore(dir.path());
  for (const char* key : {"a1", "b1", "b3", "b\xFF", "c1", "\xFF\xFF"}) {
    ASSERT_TRUE(Put(*store, key, key, 1).ok());
  }
  const auto row = store->rows().Walk("b");
  std::vector<std::string> keys;
  for (bool there = row->Seek({}); there; there = row->Next()) {
    keys.emplace_back(row->key());
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"b1", "b3", "b\xFF"}));
  ASSERT_TRUE(row->SeekBackward("b2"));
  EXPECT_EQ(row->key(), "b1");
  EXPECT_FALSE(row->Previous());
  EXPECT_FALSE(row->SeekBackward("b0"));
  ASSERT_TRUE(row->SeekBackward("c"));
  EXPECT_EQ(row->key(), "b\xFF");
  const auto last = store->rows().Walk("\xFF");
  ASSERT_TRUE(last->Seek({}));
  EXPECT_EQ(last->key(), "\xFF\xFF");
}

TEST(ProjectionStore, KnowsWhoseRowsTheyAre) {
  const TemporaryDirectory dir;
  EXPECT_EQ(Must(ProjectionStore::ReadIdentity(dir.path(), {})), std::nullopt);
  { OpenStore(dir.path()); }
  EXPECT_EQ(Must(ProjectionStore::ReadIdentity(dir.path(), {})), kIdentity);
  for (const ProjectionIdentity& other :
       {ProjectionIdentity{"sums", 2, "rules 1"}, ProjectionIdentity{"sums", 1, "rules 2"},
        ProjectionIdentity{"differences", 1, "rules 1"}}) {
    EXPECT_EQ(ProjectionStore::Open(dir.path(), other, {}).status().kind(), Status::Kind::kRefused);
  }
}

TEST(ProjectionStore, IsReadWithoutOwningIt) {
  const TemporaryDirectory dir;
  { ASSERT_TRUE(Put(*OpenStore(dir.path()), "a", "one", 9).ok()); }
  const auto before = Contents(dir.path());
  ProjectionStoreOptions options;
  options.read_only = true;
  {
    const auto store = OpenStore(dir.path(), options);
    std::string value;
    EXPECT_TRUE(Must(store->view()->Get("a", value)));
    EXPECT_EQ(store->view()->positions().at(0).sequence, 9U);
  }
  EXPECT_EQ(Contents(dir.path()), before);
  EXPECT_EQ(ProjectionStore::Open(dir / "nothing", kIdentity, options).status().kind(),
            Status::Kind::kNotFound);
}

TEST(ProjectionStore, HasOneOwner) {
  const TemporaryDirectory dir;
  const auto store = OpenStore(dir.path());
  EXPECT_FALSE(ProjectionStore::Open(dir.path(), kIdentity, {}).ok());
}

TEST(ProjectionStore, AfterAFailedCommitItTakesNoMore) {
  const TemporaryDirectory dir;
  const auto store = OpenStore(dir.path());
  ASSERT_TRUE(Put(*store, "a", "one", 1).ok());
  EXPECT_FALSE(store->Commit([](RowWriter&) { return Status::IoError("no"); }, {}).ok());
  EXPECT_FALSE(Put(*store, "b", "two", 2).ok());
  EXPECT_EQ(store->view()->positions().at(0).sequence, 1U);
}

// A projection on a disk that fails, at each of its writes and syncs in turn; then on a good one.
class ProjectionFault : public ::testing::TestWithParam<FaultCase> {
 protected:
  void SetUp() override {
    chain_.FillTo(600);
    const FastDirectory dir;
    const auto instance = OpenSums(dir.path());
    for (std::uint64_t end = 0; end <= chain_.size(); end += kBatch) {
      RunOnce(*instance, FirstOf(end));
      quiet_[end] = DigestOf(*instance);
    }
  }

  // Whether the n-th operation came, and failed.
  bool LiveOnce(std::uint64_t n) const {
    SCOPED_TRACE("operation " + std::to_string(n));
    const auto [fault, aftermath] = GetParam();
    const FastDirectory dir;
    const auto disk = std::make_shared<FaultFileSystem>();
    disk->Arm(fault, n);
    {
      const auto instance = OpenOn(disk, dir.path());
      for (std::uint64_t end = 150; instance != nullptr && end <= chain_.size(); end += 150) {
        RunOnce(*instance, FirstOf(end), Once(kBatch));
        // A flush that failed is found by the next; what is in the view is right anyway.
        static_cast<void>(instance->Flush());
      }
      if (aftermath == Aftermath::kPowerCut) {
        disk->CutPower();
      }
    }
    if (aftermath == Aftermath::kPowerCut) {
      disk->DropUnsynced();
    }
    ExpectComesBack(dir.path());
    return disk->fired();
  }

 private:
  static constexpr std::size_t kBatch = 10;

  std::vector<std::string> FirstOf(std::uint64_t end) const {
    return {chain_.bytes().begin(), chain_.bytes().begin() + static_cast<std::ptrdiff_t>(end)};
  }

  static std::unique_ptr<ProjectionInstance> OpenOn(const std::shared_ptr<FaultFileSystem>& disk,
                                                    const std::string& dir) {
    ProjectionStoreOptions options;
    options.file_system = disk;
    auto opened = ProjectionInstance::Open(std::make_unique<SumsProjection>(), dir, {0}, options);
    EXPECT_TRUE(opened.ok() || disk->fired()) << opened.status().message();
    return opened.ok() ? std::move(*opened) : nullptr;
  }

  void ExpectComesBack(const std::string& dir) const {
    const auto instance = OpenSums(dir);
    EXPECT_EQ(DigestOf(*instance), quiet_.at(instance->position(0).sequence));
    RunOnce(*instance, chain_.bytes());
    EXPECT_EQ(DigestOf(*instance), quiet_.at(chain_.size()));
  }

  EventChain chain_;
  // By the number of events taken.
  std::map<std::uint64_t, Hash> quiet_;
};

TEST_P(ProjectionFault, AtEveryOperation) {
  // Many lives at a time: RocksDB sleeps for a second where it could not write.
  constexpr int kAtATime = 16;
  rocksdb::Env::Default()->SetBackgroundThreads(kAtATime, rocksdb::Env::HIGH);
  int faults = 0;
  bool fired = true;
  for (std::uint64_t n = 1; fired && !HasFailure(); n += kAtATime) {
    std::vector<std::future<bool>> lives;
    for (std::uint64_t at = n; at < n + kAtATime; ++at) {
      lives.push_back(std::async(std::launch::async, [this, at] { return LiveOnce(at); }));
    }
    for (std::future<bool>& life : lives) {
      // Which ends when one never came to its operation.
      fired = life.get();
      faults += fired ? 1 : 0;
    }
  }
  EXPECT_GT(faults, 12);
}

INSTANTIATE_TEST_SUITE_P(Faults, ProjectionFault, FaultCases(), FaultCaseName);

// Names and sizes of the files in a folder.
std::map<std::string, std::uintmax_t> ListFiles(const std::string& folder) {
  std::map<std::string, std::uintmax_t> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::error_code gone;
    files[file.path().filename()] = file.file_size(gone);
  }
  return files;
}

// A copy of one moment: again where RocksDB, in the background, took a file away meanwhile.
void CopyAtOneMoment(const std::string& from, const std::string& to) {
  while (true) {
    const auto before = ListFiles(from);
    std::error_code gone;
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, gone);
    if (!gone && ListFiles(from) == before && ListFiles(to) == before) {
      return;
    }
    std::filesystem::remove_all(to);
  }
}

// A process that is killed at any moment leaves what RocksDB has written by then.
TEST(ProjectionStore, ComesBackFromACopyOfWhatIsOnDiskAtAnyMoment) {
  EventChain chain;
  chain.FillTo(2'000);
  const Hash quiet = QuietDigest(chain.bytes());
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "live");
  const auto instance = OpenSums(dir / "live");
  int copies = 0;
  for (std::uint64_t end = 100; end <= 2'000; end += 100) {
    RunOnce(*instance,
            {chain.bytes().begin(), chain.bytes().begin() + static_cast<std::ptrdiff_t>(end)},
            Once(30));
    if (end % 300 == 0) {
      EXPECT_OK(instance->Flush());
    }
    const std::string copy = dir / ("copy-" + std::to_string(++copies));
    CopyAtOneMoment(dir / "live", copy);
    const auto other = OpenSums(copy);
    EXPECT_EQ(other->position(0).sequence, end / 300 * 300) << "what was not written out is gone";
    RunOnce(*other, chain.bytes());
    EXPECT_EQ(DigestOf(*other), quiet);
  }
}

}  // namespace
}  // namespace lumbung
