// A shard in a directory of its own, with the default chart published and one cooperative
// registered, and clocks that tests set.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/clock.h"
#include "engine/commit/shard.h"
#include "tests/support/commands.h"
#include "tests/support/gate_file_system.h"
#include "tests/support/log_fixture.h"

namespace lumbung {

// Stands still until it is set.
class ManualClock final : public Clock {
 public:
  // Noon of kTestDate, UTC.
  static constexpr std::int64_t kStart = 1'777'896'000'000'000;

  std::int64_t WallMicros() override { return wall_.load(); }
  std::int64_t MonotonicMicros() override { return monotonic_.load(); }

  // Time goes by.
  void Advance(std::int64_t micros) {
    wall_ += micros;
    monotonic_ += micros;
  }
  // Somebody sets the clock.
  void Jump(std::int64_t micros) { wall_ += micros; }

 private:
  std::atomic<std::int64_t> wall_ = kStart;
  std::atomic<std::int64_t> monotonic_ = 1'000'000;
};

// What a shard's state comes to.
struct StateSummary {
  std::uint64_t sequence = 0;
  Hash digest{};

  bool operator==(const StateSummary&) const = default;
};
StateSummary Summarize(Shard& shard);
// Debits less credits; 0 where there is no such account.
std::int64_t BalanceOf(Shard& shard, std::uint32_t code, std::uint64_t holder = 0,
                       std::uint64_t cooperative = kTestCooperative);

// Makes a shard's first event, alone of its ledger.
v1::LedgerCreated MakeLedgerCreated();
// Publishes the chart and registers the cooperative, under ids of their own.
void PublishAndRegister(Shard& shard);

// Hands commands over and gives the answers when they are there.
std::future<std::vector<Answer>> SubmitAll(Shard& shard, const std::vector<v1::Command>& commands);
std::vector<Answer> ExecuteAll(Shard& shard, const std::vector<v1::Command>& commands);

class ShardTest : public ::testing::Test {
 protected:
  // `options_` may be set before.
  void Create();
  // Opens it with `options_`.
  void Open();
  void Close();
  void Reopen() {
    Close();
    Open();
  }
  // Opens a copy of what is on disk at this moment, as if the process had been killed.
  void ReopenAsIfKilled();

  Answer Execute(const v1::Command& command) { return shard_->Execute(command); }

  const TemporaryDirectory temporary_;
  std::string dir_ = temporary_ / "shard";
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  ManualClock clock_;
  ShardOptions options_ = MakeOptions();
  std::unique_ptr<Shard> shard_;

 private:
  ShardOptions MakeOptions();

  int copies_ = 0;
};

}  // namespace lumbung
