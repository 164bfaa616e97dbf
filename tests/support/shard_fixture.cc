#include "tests/support/shard_fixture.h"

#include <filesystem>
#include <optional>

namespace lumbung {

StateSummary Summarize(Shard& shard) {
  StateSummary summary;
  EXPECT_OK(shard.Read([&](const State& state, std::uint64_t sequence) {
    summary = {sequence, state.Digest()};
  }));
  return summary;
}

std::int64_t BalanceOf(Shard& shard, std::uint32_t code, std::uint64_t holder,
                       std::uint64_t cooperative) {
  std::int64_t balance = 0;
  EXPECT_OK(shard.Read([&](const State& state, std::uint64_t) {
    const AccountKey key{cooperative, code, *ParseCurrency(""), holder};
    const AccountRow* row = state.accounts().Find(key);
    balance = row == nullptr ? 0 : row->balance;
  }));
  return balance;
}

v1::LedgerCreated MakeLedgerCreated() {
  v1::LedgerCreated created;
  created.set_ledger_id(TimeId(0));
  created.set_shards(1);
  created.set_format_version(1);
  created.set_origin("test.example/0");
  created.set_checkpoint_key(std::string(32, 'k'));
  return created;
}

void PublishAndRegister(Shard& shard) {
  constexpr std::uint64_t kChartNumber = ~std::uint64_t{0};
  for (const Answer& answer :
       ExecuteAll(shard, {PublishDefaultChart(RandomId(kChartNumber)),
                          RegisterCooperative(RandomId(kChartNumber - 1))})) {
    ASSERT_EQ(answer.code, v1::OK) << answer.detail;
  }
}

std::future<std::vector<Answer>> SubmitAll(Shard& shard, const std::vector<v1::Command>& commands) {
  struct Waiting {
    std::vector<v1::Command> commands;
    std::promise<std::vector<Answer>> answers;
  };
  auto waiting = std::make_shared<Waiting>();
  waiting->commands = commands;
  std::vector<const v1::Command*> pointers;
  for (const v1::Command& command : waiting->commands) {
    pointers.push_back(&command);
  }
  auto future = waiting->answers.get_future();
  shard.Submit(pointers, "tester", [waiting](std::vector<Answer> answers) {
    waiting->answers.set_value(std::move(answers));
  });
  return future;
}

std::vector<Answer> ExecuteAll(Shard& shard, const std::vector<v1::Command>& commands) {
  return SubmitAll(shard, commands).get();
}

ShardOptions ShardTest::MakeOptions() {
  ShardOptions options;
  options.clock = &clock_;
  options.log.file_system = std::make_shared<GateFileSystem>(gate_);
  options.derived.cache_bytes = std::size_t{1} << 20;
  return options;
}

void ShardTest::Create() {
  std::filesystem::create_directories(dir_);
  ASSERT_TRUE(Shard::Create(dir_, MakeLedgerCreated(), options_).ok());
  Open();
  ASSERT_NO_FATAL_FAILURE(PublishAndRegister(*shard_));
}

void ShardTest::Open() {
  Result<std::unique_ptr<Shard>> shard = Shard::Open(dir_, options_);
  ASSERT_TRUE(shard.ok()) << shard.status().message();
  shard_ = std::move(*shard);
}

void ShardTest::Close() {
  EXPECT_OK(shard_->Close());
  shard_.reset();
}

void ShardTest::ReopenAsIfKilled() {
  const std::string copy = temporary_ / ("killed-" + std::to_string(++copies_));
  CopyDirectory(dir_, copy);
  shard_.reset();
  dir_ = copy;
  Open();
}

}  // namespace lumbung
