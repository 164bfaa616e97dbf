// Verification of whole logs: each fault is found, at its sequence, and nothing else is.
#include "engine/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/state.h"
#include "engine/verify/chunk_check.h"
#include "tests/unit/verify/log_maker.h"

namespace lumbung {
namespace {

using ::testing::HasSubstr;

VerifyReport MustVerify(const std::string& dir, const VerifyOptions& options = {}) {
  Result<VerifyReport> report = VerifyShard(dir, options);
  EXPECT_TRUE(report.ok()) << report.status().message();
  return report.ok() ? *report : VerifyReport{};
}

// The only finding.
Finding MustFind(const std::string& dir, const VerifyOptions& options = {}) {
  const VerifyReport report = MustVerify(dir, options);
  EXPECT_EQ(report.findings.size(), 1U);
  return report.findings.empty() ? Finding{} : report.findings.front();
}

// The event still parses, balances and has its number.
void ChangeKind(std::string& bytes) { bytes[bytes.find("sale")] = 'S'; }

VerifyOptions WithoutState() {
  VerifyOptions options;
  options.state = false;
  return options;
}

TEST(Verify, FindsNothingWrongWithAGoodLog) {
  LogMaker log;
  log.FillTo(3'000);
  const VerifyReport report = MustVerify(log.Write(), WithoutState());
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  EXPECT_EQ(report.events, 3'000U);
  EXPECT_EQ(report.transactions, 2'999U);
  EXPECT_EQ(report.origin, "test.example/0");
}

TEST(Verify, FindsAnEventThatWasChangedInPlace) {
  LogMaker log;
  log.FillTo(3'000);
  log.Corrupt(1'500, ChangeKind);
  const Finding finding = MustFind(log.Write(), WithoutState());
  EXPECT_EQ(finding.sequence, 1'500U);
  EXPECT_THAT(finding.what, HasSubstr("one of the two was changed"));
}

TEST(Verify, FindsAChangedEventAtTheSeamOfTwoPieces) {
  LogMaker log;
  log.FillTo(kChunkEvents + 10);
  log.Corrupt(kChunkEvents, ChangeKind);
  EXPECT_EQ(MustFind(log.Write(), WithoutState()).sequence, kChunkEvents);
}

TEST(Verify, FindsARewrittenChainByTheTiles) {
  LogMaker good;
  good.FillTo(kChunkEvents + 10);
  LogMaker forged = good;
  (void)good.Write();
  // From here on every event links again, but the tiles are those of the true history.
  forged.forge(1'000).mutable_transaction_posted()->mutable_transaction()->set_reference("x");
  forged.UseTilesOf(good);
  const Finding finding = MustFind(forged.Write(), WithoutState());
  EXPECT_THAT(finding.what, HasSubstr("tile 0 of level 1"));
  EXPECT_EQ(finding.sequence, 1'000 / kTileWidth * kTileWidth + 1);
}

TEST(Verify, NamesEachKindOfFault) {
  struct Case {
    const char* what;
    void (*forge)(v1::Event& event);
  };
  const Case cases[] = {
      {"says that it is number", [](v1::Event& event) { event.set_sequence(99); }},
      {"recorded earlier", [](v1::Event& event) { event.set_recorded_at(5); }},
      {"does not balance",
       [](v1::Event& event) {
         event.mutable_transaction_posted()->mutable_transaction()->mutable_entries(0)->set_debit(
             1);
       }},
      {"not positive",
       [](v1::Event& event) {
         event.mutable_transaction_posted()->mutable_transaction()->mutable_entries(0)->set_debit(
             -7);
       }},
      {"fewer than 2",
       [](v1::Event& event) {
         event.mutable_transaction_posted()->mutable_transaction()->mutable_entries()->RemoveLast();
       }},
      {"creates the ledger again",
       [](v1::Event& event) { event.mutable_ledger_created()->set_shards(2); }},
      {"is not an event", [](v1::Event& event) { event.clear_body(); }},
  };
  for (const Case& one : cases) {
    LogMaker log;
    log.FillTo(1'000);
    one.forge(log.forge(700));
    const Finding finding = MustFind(log.Write(), WithoutState());
    EXPECT_EQ(finding.sequence, 700U) << one.what;
    EXPECT_THAT(finding.what, HasSubstr(one.what));
  }
}

TEST(Verify, KnowsItsOwnFormatOnly) {
  LogMaker log;
  log.FillTo(10);
  log.forge(1).mutable_ledger_created()->set_format_version(2);
  const Finding finding = MustFind(log.Write(), WithoutState());
  EXPECT_EQ(finding.sequence, 1U);
  EXPECT_THAT(finding.what, HasSubstr("format"));
}

TEST(Verify, NamesTheFirstOfSeveralFaults) {
  LogMaker log;
  log.FillTo(2 * kChunkEvents);
  log.Corrupt(kChunkEvents + 5, ChangeKind);
  log.Corrupt(77, ChangeKind);
  EXPECT_EQ(MustFind(log.Write(), WithoutState()).sequence, 77U);
}

TEST(Verify, ComparesCheckpoints) {
  LogMaker log;
  log.FillTo(2'000);
  const std::string dir = log.Write();
  VerifyOptions options = WithoutState();
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 1'999U, 2'000U}) {
    options.checkpoints.push_back({std::to_string(size), log.CheckpointAt(size)});
  }
  EXPECT_TRUE(MustVerify(dir, options).findings.empty());

  LogMaker other;
  other.FillTo(2'000);
  other.forge(300) = LogMaker::Sale(301);
  other.forge(300).set_sequence(300);
  other.forge(300).set_recorded_at(1'700'000'000'000'299);
  (void)other.Write();
  options.key = other.key().public_key();
  options.checkpoints = {{"other", other.CheckpointAt(1'000)}};
  EXPECT_THAT(MustFind(dir, options).what, HasSubstr("but the log's is"));
  options.checkpoints = {{"other", log.CheckpointAt(1'000)}};
  EXPECT_THAT(MustFind(dir, options).what, HasSubstr("can't be believed"));
}

TEST(Verify, ALogShorterThanACheckpointIsNamedAsSuch) {
  LogMaker log;
  log.FillTo(1'000);
  const std::string dir = log.Write();
  VerifyOptions options = WithoutState();
  const std::string later = SignCheckpoint({"test.example/0", 1'001, Hash{}}, log.key());
  options.checkpoints = {{"later", later}};
  EXPECT_THAT(MustFind(dir, options).what, HasSubstr("the log ends at 1000"));
}

TEST(Verify, BeginsInTheMiddle) {
  LogMaker log;
  log.FillTo(2 * kChunkEvents + 100);
  const std::string dir = log.Write();
  const VerifyReport all = MustVerify(dir, WithoutState());
  VerifyOptions options;
  options.from = kChunkEvents + 7;
  options.checkpoints = {{"late", log.CheckpointAt(2 * kChunkEvents + 50)}};
  const VerifyReport report = MustVerify(dir, options);
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  EXPECT_EQ(report.events, kChunkEvents + 100);
  EXPECT_EQ(report.root, all.root);
  options.from = 2 * kChunkEvents + 101;
  EXPECT_FALSE(VerifyShard(dir, options).ok());
}

TEST(Verify, ComparesAttestedState) {
  LogMaker log;
  log.FillTo(10);
  State state;
  for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) {
    state.Apply(log.forge(sequence));
  }
  const Hash digest = state.Digest();
  v1::Event attested;
  attested.mutable_state_attested()->set_sequence(10);
  attested.mutable_state_attested()->set_digest(std::string(AsView(digest)));
  LogMaker wrong = log;
  log.Add(attested);
  log.FillTo(20);
  EXPECT_TRUE(MustVerify(log.Write()).findings.empty());

  attested.mutable_state_attested()->set_digest(std::string(32, 'x'));
  wrong.Add(attested);
  wrong.FillTo(20);
  const Finding finding = MustFind(wrong.Write());
  EXPECT_EQ(finding.sequence, 11U);
  EXPECT_THAT(finding.what, HasSubstr("attests"));
}

TEST(Verify, FindsACurrencyThatIsNone) {
  LogMaker log;
  log.FillTo(20);
  auto* const entries =
      log.forge(11).mutable_transaction_posted()->mutable_transaction()->mutable_entries();
  for (v1::Entry& entry : *entries) {
    entry.set_currency("idr");
  }
  for (const VerifyOptions& options : {VerifyOptions{}, WithoutState()}) {
    const Finding finding = MustFind(log.Write(), options);
    EXPECT_EQ(finding.sequence, 11U);
    EXPECT_THAT(finding.what, HasSubstr("currency"));
  }
}

// What comes between postings is applied between them.
TEST(Verify, AppliesEventsOfAllKindsInTheirOrder) {
  LogMaker log;
  log.FillTo(5);
  v1::Event batch;
  *batch.mutable_batch_posted()->add_transactions() = LogMaker::Sale(6).transaction_posted();
  *batch.mutable_batch_posted()->add_transactions() = LogMaker::Sale(7).transaction_posted();
  log.Add(batch);
  log.FillTo(8);
  v1::Event held;
  *held.mutable_transaction_held()->mutable_transaction() =
      LogMaker::Sale(9).transaction_posted().transaction();
  log.Add(held);
  log.FillTo(12);
  State state;
  for (std::uint64_t sequence = 1; sequence <= 12; ++sequence) {
    state.Apply(log.forge(sequence));
  }
  const VerifyReport report = MustVerify(log.Write());
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().what;
  EXPECT_EQ(report.state_digest, state.Digest());
}

TEST(Verify, ReplaysPostingsAsTheEngineDoes) {
  LogMaker log;
  log.FillTo(500);
  State state;
  for (std::uint64_t sequence = 1; sequence <= 500; ++sequence) {
    v1::Event& event = log.forge(sequence);
    if (event.has_transaction_posted()) {
      v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
      for (v1::Entry& entry : *transaction.mutable_entries()) {
        entry.set_holder(sequence % 7);
        entry.set_currency(sequence % 3 == 0 ? "GBP" : sequence % 3 == 1 ? "IDR" : "");
      }
    }
    state.Apply(event);
  }
  const VerifyReport report = MustVerify(log.Write());
  ASSERT_TRUE(report.state_digest.has_value());
  EXPECT_EQ(*report.state_digest, state.Digest());
}

TEST(Verify, DoesNotTrustALinkedEventEnoughToCrash) {
  LogMaker log;
  log.FillTo(100);
  log.forge(50).mutable_hold_released()->set_hold_id("no uuid");
  EXPECT_EQ(MustFind(log.Write()).sequence, 50U);
}

TEST(Verify, StopsWhenAsked) {
  LogMaker log;
  log.FillTo(100);
  const std::atomic<bool> stop = true;
  VerifyOptions options;
  options.stop = &stop;
  EXPECT_EQ(VerifyShard(log.Write(), options).status().kind(), Status::Kind::kCancelled);
}

}  // namespace
}  // namespace lumbung
