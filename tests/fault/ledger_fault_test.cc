// A shard on a disk that fails, at each of its writes and syncs in turn: what was acknowledged is
// there once, nothing half; after the failure writes are refused and reads go on; afterwards it
// works on as if nothing had been.
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/verify/verify.h"
#include "tests/support/answer_model.h"
#include "tests/support/fast_directory.h"
#include "tests/support/fault_cases.h"
#include "tests/support/shard_fixture.h"
#include "tests/support/workload.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kCommandsARequest = 14;
constexpr std::uint64_t kRequests = 10;
// The first ones one after the other, the rest at once.
constexpr std::uint64_t kOneByOne = 4;

// Some holds expire when the workload is half done.
constexpr std::int64_t kExpiry = ManualClock::kStart + 1'000'000;

v1::Command CommandOf(const WorkNumber& work) { return MixedCommand(work, kExpiry); }

// A shard with the chart and one cooperative, closed.
class Base {
 public:
  Base() {
    std::filesystem::create_directories(dir());
    ShardOptions options;
    options.clock = &clock_;
    EXPECT_OK(Shard::Create(dir(), MakeLedgerCreated(), options));
    const auto shard = Must(Shard::Open(dir(), options));
    PublishAndRegister(*shard);
    EXPECT_OK(shard->Close());
  }
  std::string dir() const { return directory_ / "base"; }

 private:
  FastDirectory directory_;
  ManualClock clock_;
};

// One life of a shard on a disk that fails.
class Life {
 public:
  explicit Life(const Base& base) : dir_(directory_ / "shard") {
    CopyDirectory(base.dir(), dir_);
    const auto log = Must(LogStore::Open(dir_, {}));
    model_ = std::make_unique<AnswerModel>(CommandOf, *log);
    EXPECT_OK(log->Close());
  }

  FaultFileSystem& disk() { return *disk_; }

  void Live() {
    Result<std::unique_ptr<Shard>> shard = Shard::Open(dir_, Options(disk_));
    if (!shard.ok()) {
      EXPECT_TRUE(disk_->fired()) << shard.status().message();
      return;
    }
    shard_ = std::move(*shard);
    for (std::uint64_t request = 0; request < kOneByOne; ++request) {
      Take(request, Start(request).get());
    }
    clock_.Advance(2'000'000);
    std::vector<std::future<std::vector<Answer>>> answers;
    for (std::uint64_t request = kOneByOne; request < kRequests; ++request) {
      answers.push_back(Start(request));
    }
    for (std::uint64_t request = kOneByOne; request < kRequests; ++request) {
      Take(request, answers[request - kOneByOne].get());
    }
    if (stopped_) {
      EXPECT_TRUE(disk_->fired());
      ExpectStopped();
    }
    ExpectReadsShowTheLog();
  }

  void End(Aftermath aftermath) {
    if (aftermath == Aftermath::kPowerCut) {
      disk_->CutPower();
    }
    if (shard_ != nullptr) {
      const Status status = shard_->Close();
      EXPECT_TRUE(status.ok() || disk_->fired() || aftermath == Aftermath::kPowerCut)
          << status.message();
      shard_.reset();
    }
    if (aftermath == Aftermath::kPowerCut) {
      disk_->DropUnsynced();
    }
  }

  void ExpectComesBack() {
    Result<std::unique_ptr<Shard>> shard = Shard::Open(dir_, Options(nullptr));
    ASSERT_TRUE(shard.ok()) << shard.status().message();
    shard_ = std::move(*shard);
    model_->CheckLog(shard_->log());
    ExpectReadsShowTheLog();
    // Everyone asks again, and everyone gets an answer.
    for (std::uint64_t request = 0; request < kRequests; ++request) {
      for (const Answer& answer : Take(request, Start(request).get())) {
        EXPECT_NE(answer.code, v1::OUTCOME_UNKNOWN) << answer.detail;
        EXPECT_NE(answer.code, v1::WRITES_STOPPED) << answer.detail;
      }
    }
    EXPECT_TRUE(model_->Pending().empty());
    model_->CheckLog(shard_->log());
    ExpectReadsShowTheLog();
    EXPECT_OK(shard_->Close());
    shard_.reset();
    VerifyOptions options;
    options.threads = 1;
    const VerifyReport report = Must(VerifyShard(dir_, options));
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  }

 private:
  // So small that blocks, flushes and derived steps come thick and fast.
  ShardOptions Options(std::shared_ptr<FaultFileSystem> disk) {
    ShardOptions options;
    options.clock = &clock_;
    options.log.write_buffer_bytes = 64 * 1024;
    options.log.file_system = disk;
    options.derived.file_system = disk;
    options.derived.cache_bytes = std::size_t{1} << 20;
    options.max_block_events = 25;
    options.derived_step_events = 30;
    return options;
  }

  std::future<std::vector<Answer>> Start(std::uint64_t request) {
    std::vector<v1::Command> commands;
    for (std::uint64_t i = 0; i < kCommandsARequest; ++i) {
      const WorkNumber work{1, request * kCommandsARequest + i + 12};
      model_->Submitted(work);
      commands.push_back(CommandOf(work));
    }
    return SubmitAll(*shard_, commands);
  }

  std::vector<Answer> Take(std::uint64_t request, std::vector<Answer> answers) {
    for (std::uint64_t i = 0; i < kCommandsARequest; ++i) {
      model_->Answered({1, request * kCommandsARequest + i + 12}, answers[i]);
      const v1::Code code = answers[i].code;
      stopped_ |= code == v1::OUTCOME_UNKNOWN || code == v1::WRITES_STOPPED;
    }
    return answers;
  }

  void ExpectStopped() {
    const Head head = shard_->head();
    for (std::uint64_t i = 0; i < 2; ++i) {
      const Answer answer = shard_->Execute(Sale(RandomId(i)));
      EXPECT_EQ(answer.code, v1::WRITES_STOPPED);
      EXPECT_FALSE(answer.detail.empty());
    }
    EXPECT_EQ(shard_->RecordRestoration({}).code, v1::WRITES_STOPPED);
    EXPECT_EQ(shard_->head(), head);
  }

  // State and log tell the same story, and the log holds what was acknowledged.
  void ExpectReadsShowTheLog() {
    const StateSummary read = Summarize(*shard_);
    EXPECT_EQ(read.sequence, shard_->head().sequence);
    State state;
    EXPECT_OK(shard_->log().ForEach(1, read.sequence, [&](std::uint64_t, std::string_view bytes) {
      v1::Event event;
      EXPECT_TRUE(event.ParseFromString(std::string(bytes)));
      state.Apply(event);
      return Status::Ok();
    }));
    EXPECT_EQ(state.Digest(), read.digest);
    model_->CheckLog(shard_->log());
    Hash root;
    EXPECT_EQ(shard_->TreeHead(root), shard_->head());
    EXPECT_EQ(root, Must(shard_->log().LoadTree()).Root());
  }

  const FastDirectory directory_;
  const std::string dir_;
  ManualClock clock_;
  const std::shared_ptr<FaultFileSystem> disk_ = std::make_shared<FaultFileSystem>();
  std::unique_ptr<AnswerModel> model_;
  std::unique_ptr<Shard> shard_;
  bool stopped_ = false;
};

class LedgerFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(LedgerFault, AtEveryOperation) {
  const auto [fault, aftermath] = GetParam();
  const Base base;
  const std::uint64_t step = IsFullRun() ? 1 : fault == Fault::kFailedSync ? 3 : 11;
  std::uint64_t faults = 0;
  // Work in the background makes the number of operations differ from run to run.
  for (std::uint64_t n = 1, quiet = 0; quiet < 3; n += step) {
    SCOPED_TRACE("operation " + std::to_string(n));
    Life life(base);
    life.disk().Arm(fault, n);
    life.Live();
    life.End(aftermath);
    const bool fired = life.disk().fired();
    faults += fired ? 1 : 0;
    quiet = fired ? 0 : quiet + 1;
    life.ExpectComesBack();
    if (HasFailure()) {
      return;
    }
  }
  EXPECT_GE(faults, 5U);
  RecordProperty("faults", std::to_string(faults));
}

INSTANTIATE_TEST_SUITE_P(Faults, LedgerFault, FaultCases(), FaultCaseName);

}  // namespace
}  // namespace lumbung
