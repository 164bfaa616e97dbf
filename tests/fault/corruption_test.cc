// Damage to a ledger at rest: each byte flipped, each file cut and deleted, old copies put over new
// ones. It is found every time, by opening or by verifying; never does a ledger open shorter in
// silence. LUMBUNG_FULL=1 flips every byte; otherwise some hundreds of each file.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/commit/ledger.h"
#include "engine/verify/verify.h"
#include "tests/support/commands.h"
#include "tests/support/fast_directory.h"
#include "tests/support/shard_fixture.h"
#include "tests/support/workload.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// How the process ended that wrote the ledger.
enum class Ending { kClosed, kKilled };

// Files of RocksDB that carry nothing of a ledger: its own diary, a list of options for people to
// look at, an id for its tools, and lock files, of which the lock counts and not the bytes.
bool CarriesNoData(const std::string& name) {
  const std::string file = fs::path(name).filename();
  return file.starts_with("LOG") || file.starts_with("OPTIONS-") || file == "IDENTITY" ||
         file == "LOCK";
}

ShardOptions SmallOptions(std::size_t derived_step_events) {
  ShardOptions options;
  options.log.write_buffer_bytes = 64 * 1024;
  options.derived.cache_bytes = std::size_t{1} << 20;
  options.max_block_events = 20;
  options.derived_step_events = derived_step_events;
  return options;
}

class CorruptionTest : public ::testing::TestWithParam<Ending> {
 protected:
  static constexpr std::uint64_t kSteps = 3;
  static constexpr std::uint64_t kCommandsAStep = 60;

  void SetUp() override {
    ASSERT_TRUE(Ledger::Create(base_, "corruption.example", 1, SmallOptions(1'000)).ok());
    // Closing ends a derived step, so there are several, and tables of the log.
    for (std::uint64_t step = 0; step < kSteps; ++step) {
      Post(step);
    }
    ledger_ = Must(Ledger::Open(base_, SmallOptions(1'000)));
    PostInto(*ledger_, kSteps);
    checkpoint_ = ledger_->SignedCheckpoint(0);
    summary_ = Summarize(ledger_->shard(0));
    head_ = ledger_->shard(0).head();
    if (GetParam() == Ending::kClosed) {
      EXPECT_OK(ledger_->Close());
    }
    // Of a killed one the files are as they are now; its WAL has what no table has.
    CopyDirectory(base_, copy_);
    ledger_.reset();
    for (const auto& [name, bytes] : Contents(copy_)) {
      files_[name] = bytes;
    }
  }

  static v1::Command CommandOf(std::uint64_t step, std::uint64_t i) {
    return MixedCommand({1, 12 + step * kCommandsAStep + i}, 0);
  }
  static void PostInto(Ledger& ledger, std::uint64_t step) {
    if (step == 0) {
      EXPECT_EQ(ledger.Execute(PublishDefaultChart(RandomId(~std::uint64_t{0}))).code, v1::OK);
      EXPECT_EQ(ledger.Execute(RegisterCooperative(RandomId(~std::uint64_t{1}))).code, v1::OK);
    }
    for (std::uint64_t i = 0; i < kCommandsAStep; ++i) {
      ledger.Execute(CommandOf(step, i));
    }
  }
  void Post(std::uint64_t step) {
    const auto ledger = Must(Ledger::Open(base_, SmallOptions(1'000)));
    PostInto(*ledger, step);
    EXPECT_OK(ledger->Close());
  }

  std::string ShardName(const std::string& name) const { return "shards/0000/" + name; }

  // What verifying the copy, or before that the files above the shards, finds; empty if nothing.
  // Changes nothing.
  std::string FoundByVerifying(bool with_checkpoint = false) {
    const Result<LedgerInfo> info = ReadLedgerFile(copy_);
    if (!info.ok()) {
      return info.status().message();
    }
    VerifyOptions options;
    options.threads = 1;
    options.account_memory_bytes = std::size_t{1} << 20;
    if (with_checkpoint) {
      options.checkpoints.push_back({"kept outside", checkpoint_});
    }
    const Result<VerifyReport> report = VerifyShard(ShardDir(copy_, 0), options);
    if (!report.ok()) {
      return report.status().message();
    }
    return report->findings.empty() ? "" : report->findings.front().what;
  }

  // What opening says; empty if it opens, and then everything must be there: events, state, and the
  // ids, so that nothing is posted twice. Leaves the copy as it was.
  std::string FoundByOpening() {
    std::string found;
    Result<std::unique_ptr<Ledger>> ledger = Ledger::Open(copy_, SmallOptions(1'000));
    if (!ledger.ok()) {
      found = ledger.status().message();
      EXPECT_FALSE(found.empty());
    } else {
      EXPECT_EQ((*ledger)->shard(0).head(), head_) << "it opens, shorter or another";
      EXPECT_EQ(Summarize((*ledger)->shard(0)), summary_) << "it opens with another state";
      for (std::uint64_t i = 0; i < kCommandsAStep; i += 7) {
        const Answer again = (*ledger)->Execute(CommandOf(i % (kSteps + 1), i));
        EXPECT_TRUE(again.replayed || again.sequence == 0) << "an id is forgotten";
      }
      ledger->reset();
    }
    Restore();
    return found;
  }

  void Restore() {
    fs::remove_all(copy_);
    for (const auto& [name, bytes] : files_) {
      fs::create_directories(fs::path(copy_ + "/" + name).parent_path());
      WriteBytes(copy_ + "/" + name, bytes);
    }
  }

  // Files that may change without a word, as long as the ledger then opens with everything: what is
  // derived is caught up from the log; the text of the key has bytes that say nothing; the last
  // records of a manifest may say what the files beside it say too.
  bool MayHeal(const std::string& name) const {
    return name.starts_with(ShardName("derived/")) || fs::path(name).extension() == ".pem" ||
           fs::path(name).filename().string().starts_with("MANIFEST-");
  }

  // Whether a change to a file is found, or heals. Opening is tried too where verifying finds
  // nothing, and now and then where it does: it must refuse, or have everything.
  bool IsFound(const std::string& name, const std::optional<std::string>& bytes, bool open_too) {
    const std::string path = copy_ + "/" + name;
    const auto damage = [&] {
      if (bytes.has_value()) {
        WriteBytes(path, *bytes);
      } else {
        fs::remove(path);
      }
    };
    damage();
    const bool by_verifying = !FoundByVerifying().empty();
    bool by_opening = false;
    if (!by_verifying || open_too) {
      by_opening = !FoundByOpening().empty();
    } else {
      WriteBytes(path, files_.at(name));
    }
    return by_verifying || by_opening || MayHeal(name);
  }

  std::vector<std::string> NamesOfData() const {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : files_) {
      if (!CarriesNoData(name)) {
        names.push_back(name);
      }
    }
    return names;
  }
  const FastDirectory directory_;
  const std::string base_ = directory_ / "base";
  const std::string copy_ = directory_ / "copy";
  std::unique_ptr<Ledger> ledger_;
  std::string checkpoint_;
  StateSummary summary_;
  Head head_;
  std::map<std::string, std::string> files_;
};

TEST_P(CorruptionTest, TheWholeLedgerIsSound) {
  EXPECT_EQ(FoundByVerifying(true), "");
  EXPECT_EQ(FoundByOpening(), "");
  EXPECT_GT(head_.sequence, 150U);
  // Log, what is derived, HEAD, LEDGER and the key are all looked at.
  EXPECT_GT(NamesOfData().size(), 10U);
}

TEST_P(CorruptionTest, FlippedBytes) {
  constexpr std::size_t kFlipsAFile = 60;
  std::uint64_t flips = 0;
  std::map<std::string, std::vector<std::size_t>> missed;
  for (const std::string& name : NamesOfData()) {
    const std::string& whole = files_.at(name);
    const std::size_t stride =
        IsFullRun() ? 1 : std::max<std::size_t>(whole.size() / kFlipsAFile, 1);
    for (std::size_t at = 0; at < whole.size(); at += stride) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      if (!IsFound(name, flipped, flips % 16 == 0)) {
        missed[name].push_back(at);
      }
      ++flips;
      ASSERT_FALSE(HasFailure()) << name << " byte " << at;
    }
  }
  for (const auto& [name, places] : missed) {
    ADD_FAILURE() << name << " (" << files_.at(name).size() << " bytes): " << places.size()
                  << " flips not found, the first at byte " << places.front();
  }
  RecordProperty("flips", std::to_string(flips));
  EXPECT_GT(flips, 500U);
}

TEST_P(CorruptionTest, CutFiles) {
  for (const std::string& name : NamesOfData()) {
    const std::string& whole = files_.at(name);
    if (whole.empty()) {
      continue;
    }
    std::set<std::size_t> sizes = {0, 1, whole.size() - 1};
    const std::size_t parts = IsFullRun() ? 64 : 8;
    for (std::size_t part = 1; part < parts; ++part) {
      sizes.insert(whole.size() * part / parts);
    }
    for (const std::size_t size : sizes) {
      EXPECT_TRUE(IsFound(name, whole.substr(0, size), true)) << name << " cut to " << size;
    }
    EXPECT_TRUE(IsFound(
        name,
        whole.substr(0, whole.size() / 2) + std::string(whole.size() - whole.size() / 2, '\0'),
        true))
        << name << " with zeros in its second half";
  }
}

TEST_P(CorruptionTest, DeletedFiles) {
  for (const auto& [name, bytes] : files_) {
    const bool found = IsFound(name, std::nullopt, true);
    EXPECT_TRUE(found || CarriesNoData(name) || bytes.empty()) << name;
  }
}

TEST_P(CorruptionTest, DeletedFolders) {
  for (const char* name : {"log", "derived"}) {
    fs::remove_all(copy_ + "/" + ShardName(name));
    const std::string found = FoundByOpening();
    // What is derived may go; FoundByOpening has compared what was made of the rest.
    EXPECT_EQ(found.empty(), std::string(name) == "derived") << found;
  }
  fs::remove_all(copy_ + "/shards");
  EXPECT_NE(FoundByOpening(), "");
}

// Of an event's own bytes the sequence is named.
TEST_P(CorruptionTest, TheEventIsNamed) {
  std::map<std::string, std::size_t> places;
  for (const auto& [name, bytes] : files_) {
    if (const std::size_t at = bytes.find("savings-deposit");
        at != std::string::npos && name.starts_with(ShardName("log/")) && !CarriesNoData(name)) {
      places[name] = at;
    }
  }
  ASSERT_FALSE(places.empty());
  for (const auto& [name, at] : places) {
    std::string changed = files_.at(name);
    changed[at] = 'S';
    WriteBytes(copy_ + "/" + name, changed);
    const std::string found = FoundByVerifying();
    EXPECT_NE(found.find_first_of("0123456789"), std::string::npos);
    if (name.ends_with(".sst")) {
      EXPECT_TRUE(found.find("event ") != std::string::npos ||
                  found.find("sequence ") != std::string::npos)
          << found;
    }
    Restore();
  }
}

// HEAD alone may lag: the log is all there, and opens.
TEST_P(CorruptionTest, AnOldHeadCostsNothing) {
  const auto log = Must(LogStore::Open(copy_ + "/" + ShardName(""), {}));
  const std::string event = Must(log->ReadEvent(50));
  EXPECT_OK(log->Close());
  Restore();
  const std::string path = copy_ + "/" + ShardName("HEAD");
  fs::remove(path);
  ASSERT_TRUE(HeadFile::Create(path, {50, Hasher().Leaf(event)}).ok());
  EXPECT_EQ(FoundByOpening(), "");
}

// An old copy over the new one: with HEAD left as it is, or what is derived, opening refuses; a
// complete old copy is found by a checkpoint that was kept outside, and by nothing else.
TEST_P(CorruptionTest, AnOldCopyOverTheNewOne) {
  ledger_.reset();
  const std::string old = directory_ / "old";
  CopyDirectory(copy_, old);
  const std::string now = directory_ / "now";
  CopyDirectory(copy_, now);
  std::string later;
  Head later_head;
  {
    const auto ledger = Must(Ledger::Open(now, SmallOptions(1'000)));
    PostInto(*ledger, kSteps + 1);
    later = ledger->SignedCheckpoint(0);
    later_head = ledger->shard(0).head();
    EXPECT_OK(ledger->Close());
  }
  const auto verified = [&](bool with_checkpoint) {
    VerifyOptions options;
    options.threads = 1;
    if (with_checkpoint) {
      options.checkpoints.push_back({"kept outside", later});
    }
    const VerifyReport report = Must(VerifyShard(ShardDir(now, 0), options));
    return report.findings.empty() ? std::string() : report.findings.front().what;
  };
  const auto put_back = [&](const std::string& name) {
    fs::remove_all(now + "/" + ShardName(name));
    fs::copy(old + "/" + ShardName(name), now + "/" + ShardName(name), fs::copy_options::recursive);
  };
  EXPECT_EQ(verified(true), "");
  put_back("log");
  const auto without_head = Ledger::Open(now, SmallOptions(1'000));
  EXPECT_EQ(without_head.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(without_head.status().message().find(std::to_string(later_head.sequence)),
            std::string::npos)
      << without_head.status().message();
  put_back("HEAD");
  const auto without_derived = Ledger::Open(now, SmallOptions(1'000));
  EXPECT_EQ(without_derived.status().kind(), Status::Kind::kCorruption);
  EXPECT_NE(without_derived.status().message().find(std::to_string(later_head.sequence)),
            std::string::npos)
      << without_derived.status().message();
  put_back("derived");
  EXPECT_EQ(verified(false), "");
  const std::string found = verified(true);
  EXPECT_NE(found.find(std::to_string(later_head.sequence)), std::string::npos) << found;
}

INSTANTIATE_TEST_SUITE_P(Endings, CorruptionTest,
                         ::testing::Values(Ending::kClosed, Ending::kKilled),
                         [](const ::testing::TestParamInfo<Ending>& ending) {
                           return ending.param == Ending::kClosed ? "Closed" : "Killed";
                         });

}  // namespace
}  // namespace lumbung
