// A process that posts is killed, again and again, at random moments and in the middle of its
// writes; between lives the ledger is compared with a model that knows what was submitted and what
// was answered. LUMBUNG_KILLS=<n>, or --kills <n>, says how often; LUMBUNG_KILL_SEED which moments.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <random>
#include <spawn.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/commit/ledger.h"
#include "engine/verify/verify.h"
#include "tests/fault/kill_file_system.h"
#include "tests/fault/kill_protocol.h"
#include "tests/support/answer_model.h"
#include "tests/support/commands.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"

extern char** environ;

namespace lumbung {
namespace {

using std::chrono::steady_clock;

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A life of kill_writer, with a pipe to each side.
class WriterProcess {
 public:
  explicit WriterProcess(std::vector<std::string> arguments) {
    const auto self = std::filesystem::read_symlink("/proc/self/exe");
    arguments.insert(arguments.begin(), self.parent_path() / "kill_writer");
    std::vector<char*> values;
    for (std::string& argument : arguments) {
      values.push_back(argument.data());
    }
    values.push_back(nullptr);
    int in[2];
    int out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    EXPECT_EQ(::posix_spawn(&pid_, values[0], &actions, nullptr, values.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }
  ~WriterProcess() {
    CloseInput();
    ::close(out_);
  }
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;

  // The next record; nothing at the end, or when the deadline has come.
  std::optional<KillRecord> Read(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd wanted{out_, POLLIN, 0};
    if (::poll(&wanted, 1, std::max(0, static_cast<int>(left.count()))) <= 0) {
      return std::nullopt;
    }
    KillRecord record;
    const ssize_t size = ::read(out_, &record, sizeof(record));
    if (size <= 0) {
      ended_ = true;
      return std::nullopt;
    }
    EXPECT_EQ(size, static_cast<ssize_t>(sizeof(record)));
    return record;
  }
  bool ended() const { return ended_; }

  void CloseInput() {
    if (in_ >= 0) {
      ::close(in_);
      in_ = -1;
    }
  }
  void Kill() const { ::kill(pid_, SIGKILL); }
  int Wait() const {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    return status;
  }

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  bool ended_ = false;
};

class KillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Ledger::Create(dir_, "kill.example", 1).ok());
    const auto ledger = Must(Ledger::Open(dir_));
    ASSERT_EQ(ledger->Execute(PublishDefaultChart(RandomId(~std::uint64_t{0}))).code, v1::OK);
    ASSERT_EQ(ledger->Execute(RegisterCooperative(RandomId(~std::uint64_t{1}))).code, v1::OK);
    model_ = std::make_unique<AnswerModel>(
        [this](const WorkNumber& work) { return MixedCommand(work, expiry_); },
        ledger->shard(0).log());
    EXPECT_OK(ledger->Close());
  }

  std::uint64_t Random(std::uint64_t below) { return random_() % below; }

  void Take(const KillRecord& record) {
    const WorkNumber work{record.stream, record.number};
    if (record.type == KillRecord::kSubmitting) {
      model_->Submitted(work);
    } else if (record.type == KillRecord::kAnswered) {
      Answer answer;
      answer.code = static_cast<v1::Code>(record.code);
      answer.sequence = record.sequence;
      answer.hash = record.hash;
      answer.replayed = record.replayed != 0;
      model_->Answered(work, answer);
    }
  }

  // One life, from start to end.
  void Live(std::uint64_t life) {
    // Of four lives one is ended in order, one is killed from outside, two die in an operation.
    const std::uint64_t end = Random(4);
    const std::uint64_t operation = end < 2 ? 0 : 1 + Random(Random(2) == 0 ? 60 : 600);
    std::vector<std::string> arguments = {dir_, std::to_string(1 + life * kKillThreads),
                                          std::to_string(expiry_), std::to_string(operation),
                                          std::to_string(Random(3))};
    for (const WorkNumber& work : model_->Pending()) {
      arguments.push_back(std::to_string(work.stream) + "/" + std::to_string(work.number));
    }
    WriterProcess writer(arguments);
    auto deadline = steady_clock::now() + std::chrono::seconds(60);
    while (!writer.ended() && steady_clock::now() < deadline) {
      const std::optional<KillRecord> record = writer.Read(deadline);
      if (record.has_value() && record->type == KillRecord::kOpened) {
        deadline = steady_clock::now() + (operation == 0 ? std::chrono::microseconds(Random(80'000))
                                                         : std::chrono::microseconds(500'000));
      } else if (record.has_value()) {
        Take(*record);
      }
    }
    if (end == 0) {
      writer.CloseInput();
    } else {
      writer.Kill();
    }
    bool closed = false;
    while (!writer.ended()) {
      const auto record = writer.Read(steady_clock::now() + std::chrono::seconds(60));
      if (record.has_value()) {
        Take(*record);
        closed = record->type == KillRecord::kClosed;
      }
    }
    const int status = writer.Wait();
    if (end == 0) {
      EXPECT_TRUE(closed && WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
    } else {
      EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
      ++kills_;
    }
  }

  // Opens it in this process, compares, and asks for some of what is pending, twice.
  void Compare() {
    const auto ledger = Must(Ledger::Open(dir_));
    ASSERT_NE(ledger, nullptr);
    const LogStore& log = ledger->shard(0).log();
    model_->CheckLog(log);
    for (const WorkNumber& work : model_->Pending()) {
      if (Random(2) == 0) {
        continue;
      }
      const v1::Command command = MixedCommand(work, expiry_);
      const Answer first = ledger->Execute(command);
      model_->Answered(work, first);
      const Answer second = ledger->Execute(command);
      model_->Answered(work, second);
      EXPECT_EQ(first.sequence, second.sequence);
      EXPECT_EQ(first.code, second.code);
    }
    model_->CheckLog(log);
    checkpoints_.push_back(
        {"after " + std::to_string(kills_) + " kills", ledger->SignedCheckpoint(0)});
    EXPECT_OK(ledger->Close());
  }

  void Verify() {
    VerifyOptions options;
    options.threads = 1;
    options.checkpoints = checkpoints_;
    const VerifyReport report = Must(VerifyShard(ShardDir(dir_, 0), options));
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  }

  const FastDirectory directory_;
  const std::string dir_ = directory_ / "ledger";
  const std::uint64_t seed_ = NumberFromEnvironment("LUMBUNG_KILL_SEED", std::random_device{}());
  std::mt19937_64 random_{seed_};
  // Some holds expire soon after the start.
  const std::int64_t expiry_ = Clock::System().WallMicros() + 1'500'000;
  std::unique_ptr<AnswerModel> model_;
  std::vector<KeptCheckpoint> checkpoints_;
  std::uint64_t kills_ = 0;
};

TEST_F(KillTest, NothingAcknowledgedIsLostAndNothingIsThereTwice) {
  const std::uint64_t wanted = NumberFromEnvironment("LUMBUNG_KILLS", 25);
  for (std::uint64_t life = 0; kills_ < wanted; ++life) {
    SCOPED_TRACE("life " + std::to_string(life) + " of LUMBUNG_KILL_SEED=" + std::to_string(seed_));
    ASSERT_NO_FATAL_FAILURE(Live(life));
    // Sometimes the next life finds what this one left, as it is.
    if (Random(3) != 0) {
      ASSERT_NO_FATAL_FAILURE(Compare());
    }
    if (life % 16 == 15) {
      Verify();
    }
    ASSERT_FALSE(HasFailure());
  }
  ASSERT_NO_FATAL_FAILURE(Compare());
  Verify();
  std::printf("%llu kills, %llu commands submitted, %llu recorded, seed %llu\n",
              static_cast<unsigned long long>(kills_),
              static_cast<unsigned long long>(model_->All().size()),
              static_cast<unsigned long long>(model_->recorded()),
              static_cast<unsigned long long>(seed_));
  EXPECT_GT(model_->recorded(), wanted);
}

}  // namespace
}  // namespace lumbung

int main(int count, char** values) {
  ::testing::InitGoogleTest(&count, values);
  if (count == 3 && std::string(values[1]) == "--kills") {
    ::setenv("LUMBUNG_KILLS", values[2], 1);
  }
  return RUN_ALL_TESTS();
}
