// A damaged ledger, recovered: the longest whole prefix goes on, the log says so for ever, and what
// was in the lost part can be posted again.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/commit/ledger.h"
#include "engine/store/recovery.h"
#include "engine/verify/verify.h"
#include "tests/support/commands.h"
#include "tests/support/fast_directory.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kSales = 120;
// LedgerCreated, the chart, the cooperative.
constexpr std::uint64_t kBeforeSales = 3;

class RecoveryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Ledger::Create(dir_, "recovery.example", 1).ok());
    auto ledger = Must(Ledger::Open(dir_, options_));
    EXPECT_EQ(ledger->Execute(PublishDefaultChart(RandomId(~std::uint64_t{0}))).code, v1::OK);
    EXPECT_EQ(ledger->Execute(RegisterCooperative(RandomId(~std::uint64_t{1}))).code, v1::OK);
    for (std::uint64_t i = 0; i < kSales; ++i) {
      answers_.push_back(ledger->Execute(MakeSale(i)));
    }
    EXPECT_OK(ledger->Close());
  }

  static v1::Command MakeSale(std::uint64_t number) {
    v1::Command sale = Sale(RandomId(number));
    // So that its bytes are easy to find in a file.
    sale.mutable_post()->set_reference("reference-" + std::to_string(number) + "-end");
    return sale;
  }

  // Changes a byte of the sale's event in whatever file of the log it is.
  void Damage(std::uint64_t number) {
    const std::string reference = "reference-" + std::to_string(number) + "-end";
    int damaged = 0;
    for (auto& [name, bytes] : Contents(shard_dir_ + "/log")) {
      if (const std::size_t at = bytes.find(reference); at != std::string::npos) {
        std::string changed = bytes;
        changed[at] = 'X';
        WriteBytes(shard_dir_ + "/log/" + name, changed);
        ++damaged;
      }
    }
    EXPECT_EQ(damaged, 1) << reference;
  }

  // What an operator does, with what he is told first.
  RecoveryReport Recover() {
    RecoveryReport report = Must(InspectDamage(shard_dir_));
    EXPECT_FALSE(report.damage.empty());
    report = Must(RecoverLog(shard_dir_, report.good));
    // Nothing is cut off without being recorded.
    EXPECT_EQ(Ledger::Open(dir_, options_).status().kind(), Status::Kind::kRefused);
    ShardOptions finishing = options_;
    finishing.log.finishing_recovery = true;
    auto ledger = Must(Ledger::Open(dir_, finishing));
    EXPECT_EQ(ledger->shard(0).head(), report.good);
    v1::LedgerRestored restored;
    EXPECT_OK(ledger->shard(0).Read([&](const State& state, std::uint64_t) {
      restored.set_generation(state.ledger().generation() + 1);
    }));
    restored.set_reason(v1::LedgerRestored::DAMAGE);
    restored.set_lost_sequence(report.lost.sequence);
    restored.set_lost_hash(std::string(AsView(report.lost.hash)));
    const Answer answer = ledger->shard(0).RecordRestoration(restored);
    EXPECT_EQ(answer.code, v1::OK);
    EXPECT_EQ(answer.sequence, report.good.sequence + 1);
    EXPECT_OK(ledger->Close());
    EXPECT_OK(FinishRecovery(shard_dir_));
    return report;
  }

  v1::LedgerRestored RestoredAt(const Shard& shard, std::uint64_t sequence) {
    v1::Event event;
    EXPECT_TRUE(event.ParseFromString(Must(shard.log().ReadEvent(sequence))));
    EXPECT_TRUE(event.has_ledger_restored());
    return event.ledger_restored();
  }

  void ExpectVerified() {
    VerifyOptions options;
    options.threads = 1;
    const VerifyReport report = Must(VerifyShard(shard_dir_, options));
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  }

  const FastDirectory directory_;
  const std::string dir_ = directory_ / "ledger";
  const std::string shard_dir_ = ShardDir(dir_, 0);
  ShardOptions options_;
  std::vector<Answer> answers_;
};

TEST_F(RecoveryTest, TheLongestWholePrefixGoesOn) {
  const Head before{answers_.back().sequence, answers_.back().hash};
  Damage(80);
  const RecoveryReport report = Recover();
  EXPECT_LT(report.good.sequence, kBeforeSales + 81);
  EXPECT_EQ(report.lost, before);
  EXPECT_EQ(report.events_lost(), before.sequence - report.good.sequence);

  auto ledger = Must(Ledger::Open(dir_, options_));
  const v1::LedgerRestored restored = RestoredAt(ledger->shard(0), report.good.sequence + 1);
  EXPECT_EQ(restored.generation(), 1U);
  EXPECT_EQ(restored.lost_sequence(), before.sequence);
  const std::uint64_t kept = report.good.sequence - kBeforeSales;
  EXPECT_EQ(BalanceOf(ledger->shard(0), 1101), static_cast<std::int64_t>(100 * kept));
  for (std::uint64_t i = 0; i < kSales; ++i) {
    const Answer answer = ledger->Execute(MakeSale(i));
    EXPECT_EQ(answer.code, v1::OK);
    EXPECT_EQ(answer.replayed, i < kept) << i;
    EXPECT_EQ(answer.sequence, answers_[i].sequence + (i < kept ? 0 : 1));
  }
  EXPECT_EQ(BalanceOf(ledger->shard(0), 1101), 100 * static_cast<std::int64_t>(kSales));
  EXPECT_OK(ledger->Close());
  ExpectVerified();
}

TEST_F(RecoveryTest, EveryRestorationIsCounted) {
  Damage(90);
  Recover();
  {
    auto ledger = Must(Ledger::Open(dir_, options_));
    for (std::uint64_t i = 0; i < kSales; ++i) {
      EXPECT_EQ(ledger->Execute(MakeSale(i)).code, v1::OK);
    }
    EXPECT_OK(ledger->Close());
  }
  Damage(110);
  const RecoveryReport report = Recover();
  auto ledger = Must(Ledger::Open(dir_, options_));
  EXPECT_EQ(RestoredAt(ledger->shard(0), report.good.sequence + 1).generation(), 2U);
  EXPECT_OK(ledger->Close());
  ExpectVerified();
}

// A log that was killed with all it has in its WAL.
TEST_F(RecoveryTest, ADamagedWalIsCutWhereItIsDamaged) {
  const std::string killed = directory_ / "killed";
  {
    auto ledger = Must(Ledger::Open(dir_, options_));
    for (std::uint64_t i = kSales; i < 2 * kSales; ++i) {
      answers_.push_back(ledger->Execute(MakeSale(i)));
    }
    CopyDirectory(shard_dir_, killed);
  }
  std::filesystem::remove_all(shard_dir_);
  CopyDirectory(killed, shard_dir_);
  Damage(kSales + 60);
  EXPECT_EQ(Ledger::Open(dir_, options_).status().kind(), Status::Kind::kCorruption);
  const RecoveryReport report = Recover();
  // Each sale was a block of its own: only what is damaged goes, and what comes after it.
  EXPECT_EQ(report.good.sequence, answers_[kSales + 59].sequence);
  EXPECT_EQ(report.good.hash, answers_[kSales + 59].hash);
  auto ledger = Must(Ledger::Open(dir_, options_));
  EXPECT_TRUE(ledger->Execute(MakeSale(kSales + 59)).replayed);
  EXPECT_FALSE(ledger->Execute(MakeSale(kSales + 60)).replayed);
  EXPECT_OK(ledger->Close());
  ExpectVerified();
}

}  // namespace
}  // namespace lumbung
