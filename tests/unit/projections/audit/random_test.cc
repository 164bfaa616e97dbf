// Random events: one digest however batches are cut and how often it is opened, and the same
// findings with their acknowledgements in every replay.
#include <random>
#include <set>
#include <string>
#include <vector>

#include "projections/audit/stop_finding.h"
#include "tests/unit/projections/audit/audit_world.h"
#include "tests/unit/projections/list_feed.h"

namespace lumbung {
namespace {

// Hundred days of three cooperatives that do all that rules look at.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed), world_({1, 2, 3}) {
    for (std::uint64_t cooperative = 1; cooperative <= 3; ++cooperative) Grant(cooperative);
    for (int day = 0; day < 100; ++day) {
      // Some days nothing is heard of anybody.
      if (Pick(0, 15) == 0) continue;
      for (int event = 0; event < 12; ++event) {
        world_.GoTo(day, 60 + event * 110 + static_cast<int>(Pick(0, 60)));
        Next();
      }
    }
  }

  AuditWorld& world() { return world_; }

 private:
  std::int64_t Pick(std::int64_t lowest, std::int64_t highest) {
    return std::uniform_int_distribution<std::int64_t>(lowest, highest)(random_);
  }

  void Grant(std::uint64_t cooperative) {
    v1::Event event;
    v1::Loan& loan = *event.mutable_loan_granted()->mutable_loan();
    loan.set_cooperative(cooperative);
    loan.set_loan(5);
    for (std::uint32_t number = 1; number <= 3; ++number) {
      v1::Instalment& instalment = *loan.mutable_schedule()->add_instalments();
      instalment.set_number(number);
      instalment.set_due_date(AuditWorld::Day(static_cast<int>(number) * 30));
      instalment.mutable_due()->set_principal(100);
    }
    world_.Add(std::move(event));
  }

  Posting Business() {
    Posting posting;
    posting.cooperative = static_cast<std::uint64_t>(Pick(1, 3));
    posting.outlet = static_cast<std::uint64_t>(Pick(0, 2));
    posting.operated_by = static_cast<std::uint64_t>(Pick(70, 71));
    posting.device = static_cast<std::uint64_t>(Pick(0, 2));
    posting.number = ++numbers_ - static_cast<std::uint64_t>(Pick(0, 8) == 0 ? Pick(0, 3) : 0);
    posting.minute = static_cast<int>(Pick(0, 24 * 60 - 1));
    posting.member = static_cast<std::uint64_t>(Pick(0, 2)) * 0x7000'0000'0000;
    posting.is_request = Pick(0, 3) == 0;
    const std::int64_t age = Pick(0, 5) == 0 ? Pick(0, 60) : 0;
    posting.date = DateOfDays(DaysOfDate(world_.today()) - static_cast<std::int32_t>(age));
    const std::int64_t amount = Pick(1, 300) * 1'000'000;
    const auto other = posting.cooperative % 3 + 1;
    switch (Pick(0, 7)) {
      case 0:
        posting.legs = {{1121, amount}, {4101, -amount}};
        posting.channel = "qris";
        posting.rrn = std::to_string(Pick(1, 200));
        break;
      case 1:
        posting.legs = {{1111, amount}, {1121, -amount}};
        posting.kind = "settlement";
        break;
      case 2:
        posting.legs = {{6101, amount}, {1101, -amount}};
        posting.kind = "expense";
        posting.reference = "R" + std::to_string(Pick(1, 60));
        break;
      case 3:
        posting.legs = {{7901, Pick(1, 1'700)}, {1111, 0}};
        posting.legs[1].rupiah = -posting.legs[0].rupiah;
        break;
      case 4:
        posting.legs = {{1161, amount, other}, {1111, -amount}};
        posting.kind = "inter-cooperative-payment";
        posting.correlation = Matter();
        break;
      case 5:
        posting.legs = {{6101, amount}, {2161, -amount, other}};
        posting.kind = "inter-cooperative-payment";
        posting.correlation = Matter();
        break;
      default:
        posting.legs = {{1101, amount}, {4101, -amount}, {5101, amount}, {1141, -amount}};
        break;
    }
    if (Pick(0, 9) == 0) posting.overrides = {v1::PERIOD_CLOSED};
    return posting;
  }
  std::string Matter() { return FormatUuid(UuidV4(static_cast<std::uint64_t>(Pick(1, 40)), 1)); }

  void Next() {
    const Posting posting = Business();
    switch (Pick(0, 9)) {
      case 0: {
        const int times = static_cast<int>(Pick(1, 6));
        for (int i = 0; i < times; ++i) world_.Reverse(posting, world_.Post(posting));
        return;
      }
      case 1: {
        v1::Event event;
        *event.mutable_transaction_held()->mutable_transaction() = world_.TransactionOf(posting);
        world_.Add(std::move(event));
        return;
      }
      case 2: {
        v1::Event event;
        *event.mutable_command_rejected()->mutable_command()->mutable_post() =
            world_.TransactionOf(posting);
        world_.Add(std::move(event));
        return;
      }
      case 3: {
        v1::Event event;
        for (int i = 0; i < 3; ++i) {
          *event.mutable_batch_posted()->add_transactions()->mutable_transaction() =
              world_.TransactionOf(posting);
        }
        world_.Add(std::move(event));
        return;
      }
      case 4: {
        v1::Event event;
        *event.mutable_hold_captured()->mutable_transaction() = world_.TransactionOf(posting);
        world_.Add(std::move(event));
        return;
      }
      case 5: {
        v1::Event event;
        v1::Transaction& paid = *event.mutable_transaction_posted()->mutable_transaction();
        paid = world_.TransactionOf(posting);
        paid.mutable_loan_repayment()->set_loan(5);
        paid.mutable_loan_repayment()->add_instalments(static_cast<std::uint32_t>(Pick(1, 3)));
        world_.Add(std::move(event));
        return;
      }
      default:
        world_.Post(posting);
    }
  }

  std::mt19937_64 random_;
  AuditWorld world_;
  std::uint64_t numbers_ = 10;
};

class AuditRandom : public testing::TestWithParam<std::uint64_t> {};

TEST_P(AuditRandom, HasOneDigest) {
  RandomWorld random(GetParam());
  const AuditWorld& world = random.world();
  const BuiltAudit whole(world);
  // It means something: nearly all rules have found something.
  std::set<std::string> rules;
  for (const auto& one : whole.All()) rules.insert(one.finding.rule);
  EXPECT_GE(rules.size(), 14U) << testing::PrintToString(rules);
  for (const std::size_t batch : {1U, 7U, 100U}) {
    EXPECT_EQ(BuiltAudit(world, batch).Digest(), whole.Digest()) << batch;
  }
  BuiltAudit opened(13);
  const auto& bytes = world.chain().bytes();
  std::vector<std::string> some;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    some.push_back(bytes[i]);
    if (i % 60 == 59 || i + 1 == bytes.size()) {
      opened.Run(some);
      opened.Reopen();
    }
  }
  EXPECT_EQ(opened.Digest(), whole.Digest());
}

TEST_P(AuditRandom, FindsTheSameWithAcknowledgementsInEveryReplay) {
  RandomWorld random(GetParam());
  AuditWorld& world = random.world();
  BuiltAudit first(world);
  std::size_t acknowledged = 0;
  for (const auto& one : first.All()) {
    if (one.finding.id.bytes[0] % 3 == 0) {
      world.Acknowledge(FormatUuid(one.finding.id), one.finding.cooperative, "auditor");
      ++acknowledged;
    }
  }
  ASSERT_GT(acknowledged, 0U);
  first.Run(world.chain().bytes());
  const BuiltAudit again(world, 50);
  const Findings before = first.All();
  const Findings after = again.All();
  ASSERT_EQ(before.size(), after.size());
  std::size_t seen = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].finding, after[i].finding);
    EXPECT_EQ(before[i].acknowledgements, after[i].acknowledgements);
    EXPECT_EQ(before[i].text_id, after[i].text_id);
    EXPECT_EQ(after[i].text_en.find('{'), std::string::npos) << after[i].text_en;
    seen += after[i].acknowledged ? 1 : 0;
  }
  EXPECT_EQ(seen, acknowledged);
  std::uint64_t counted = 0;
  for (const audit::CountedRule& one : Must(again.queries().Counts())) {
    counted += one.counts.findings;
  }
  EXPECT_EQ(counted, after.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AuditRandom, testing::Values(1, 2, 3));

// --- A chain that does not link -----------------------------------------------------------------

TEST(BrokenLink, IsShownWithTheLastEventThatLinks) {
  AuditWorld world;
  std::vector<std::string> bytes = world.chain().bytes();
  const std::uint64_t good = world.chain().size();
  world.Post({.legs = {{1111, 5}, {4101, -5}}});
  world.Post({.legs = {{1111, 5}, {4101, -5}}});
  // One is missing.
  bytes.push_back(world.chain().bytes(good + 2));
  const FastDirectory dir;
  const auto instance = Must(
      ProjectionInstance::Open(std::make_unique<audit::AuditProjection>(), dir.path(), {0}, {}));
  EXPECT_FALSE(audit::FindingOfStop(instance->status()).has_value());
  ShardFeeds feeds;
  feeds[0] = std::make_unique<ListFeed>(std::make_shared<RecordList>(bytes));
  RunnerOptions options;
  options.once = true;
  Runner runner({instance.get()}, std::move(feeds), options);
  runner.Wait();
  const auto shown = audit::FindingOfStop(instance->status());
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->finding.rule, "broken-link");
  EXPECT_EQ(shown->finding.severity, audit::Severity::kAlarm);
  ASSERT_EQ(shown->finding.evidence.size(), 1U);
  EXPECT_EQ(shown->finding.evidence[0].sequence, good);
  EXPECT_EQ(shown->finding.evidence[0].hash, world.chain().hash(good));
  EXPECT_NE(shown->text_en.find("event " + std::to_string(good + 1)), std::string::npos);
  EXPECT_EQ(shown->text_id.find('{'), std::string::npos);
  EXPECT_EQ(shown->finding.id, audit::FindingOfStop(instance->status())->finding.id);
}

}  // namespace
}  // namespace lumbung
