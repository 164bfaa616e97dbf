// Findings by themselves: acknowledgements, lists, counts, replays.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/projections/audit/audit_world.h"

namespace lumbung {
namespace {

using audit::FindingFilter;
using audit::FindingPage;
using audit::Severity;

Posting Overridden(std::uint64_t cooperative, v1::Code code) {
  return {.legs = {{1111, 5}, {4101, -5}}, .cooperative = cooperative, .overrides = {code}};
}

// Five findings: cooperative 1 on three days, cooperative 2 with another code on two.
AuditWorld FiveFindings() {
  AuditWorld world;
  for (int day = 0; day < 3; ++day) {
    world.GoTo(day, 600);
    world.Post(Overridden(1, v1::PERIOD_CLOSED));
    world.GoTo(day, 700);
    if (day != 1) world.Post(Overridden(2, v1::ACCOUNT_FROZEN));
  }
  return world;
}

std::vector<std::string> IdsOf(const Findings& findings) {
  std::vector<std::string> ids;
  for (const auto& one : findings) ids.push_back(FormatUuid(one.finding.id));
  return ids;
}

TEST(Overrides, AreOneFindingForAnOutletADayAndACode) {
  AuditWorld world;
  world.Post({.legs = {{1111, 7}, {4101, -7}}});
  world.Post(Overridden(1, v1::PERIOD_CLOSED));
  const std::uint64_t first = world.chain().size();
  world.Post(Overridden(1, v1::PERIOD_CLOSED));
  world.Post(Overridden(1, v1::INSUFFICIENT_FUNDS));
  const BuiltAudit built(world);
  const Findings found = built.Found("override");
  ASSERT_EQ(found.size(), 2U);
  for (const auto& one : found) {
    const bool is_funds = one.finding.severity == Severity::kWarning;
    EXPECT_EQ(one.finding.events, is_funds ? 1U : 2U);
    EXPECT_EQ(one.finding.evidence.size(), one.finding.events);
    if (!is_funds) {
      EXPECT_EQ(one.finding.evidence[0].sequence, first);
      EXPECT_EQ(one.text_en,
                "2 transactions of Rp10 were recorded on 4 May 2026 in spite of PERIOD_CLOSED.");
    }
  }
}

TEST(Acknowledgement, IsFoundWithItsFindingWhoAndWhy) {
  AuditWorld world = FiveFindings();
  const std::string id = IdsOf(BuiltAudit(world).All())[0];
  world.Acknowledge(id, 1, "auditor-7");
  const std::uint64_t at = world.chain().size();
  const BuiltAudit built(world);
  const auto shown = Must(built.queries().One(*ParseUuid(id)));
  EXPECT_TRUE(shown.acknowledged);
  ASSERT_EQ(shown.acknowledgements.size(), 1U);
  const audit::Acknowledgement& one = shown.acknowledgements[0];
  EXPECT_EQ(one.actor, "auditor-7");
  EXPECT_EQ(one.event.sequence, at);
  EXPECT_EQ(one.event.hash, world.chain().hash(at));
  EXPECT_EQ(one.values, (std::vector<std::pair<std::string, std::int64_t>>{{"counted-again", 7}}));
  FindingFilter open;
  open.acknowledged = false;
  EXPECT_EQ(Must(built.queries().List(open, 100)).findings.size(), 4U);
  open.acknowledged = true;
  EXPECT_EQ(IdsOf(Must(built.queries().List(open, 100)).findings), std::vector<std::string>{id});
}

TEST(Acknowledgement, OfAnotherCooperativeSaysNothing) {
  AuditWorld world = FiveFindings();
  const Findings all = BuiltAudit(world).All();
  ASSERT_EQ(all[0].finding.cooperative, 1U);
  world.Acknowledge(FormatUuid(all[0].finding.id), 2);
  world.Acknowledge("not an id", 1);
  v1::Event other;
  other.mutable_attestation_recorded()->mutable_attestation()->set_kind("stock-count");
  other.mutable_attestation_recorded()->mutable_attestation()->set_subject(
      FormatUuid(all[1].finding.id));
  world.Add(std::move(other));
  const BuiltAudit built(world);
  for (const auto& one : built.All()) {
    EXPECT_FALSE(one.acknowledged);
    EXPECT_TRUE(one.acknowledgements.empty());
  }
}

// It may be told before the rows know what it is about.
TEST(Acknowledgement, MayComeBeforeItsFinding) {
  const std::string id = IdsOf(BuiltAudit(FiveFindings()).All())[0];
  AuditWorld world;
  world.Acknowledge(id);
  world.GoTo(0, 600);
  world.Post(Overridden(1, v1::PERIOD_CLOSED));
  const BuiltAudit built(world, 1);
  ASSERT_EQ(built.All().size(), 1U);
  EXPECT_TRUE(built.All()[0].acknowledged);
}

TEST(List, FiltersByAllThatCanBeAsked) {
  const BuiltAudit built(FiveFindings());
  const auto count = [&](const FindingFilter& filter) {
    return Must(built.queries().List(filter, 100)).findings.size();
  };
  FindingFilter filter;
  EXPECT_EQ(count(filter), 5U);
  filter.cooperative = 1;
  EXPECT_EQ(count(filter), 3U);
  filter.at_least = Severity::kWarning;
  EXPECT_EQ(count(filter), 0U);
  filter.cooperative = 2;
  EXPECT_EQ(count(filter), 2U);
  filter = {};
  filter.rule = "override";
  EXPECT_EQ(count(filter), 5U);
  filter.rule = "rounding";
  EXPECT_EQ(count(filter), 0U);
  filter = {};
  filter.resolved = true;
  EXPECT_EQ(count(filter), 0U);
  filter.resolved = false;
  EXPECT_EQ(count(filter), 5U);
  filter = {};
  const std::int64_t second = audit::StartOfDay(AuditWorld::Day(1), AuditWorld::kOffset);
  filter.from = second;
  EXPECT_EQ(count(filter), 3U);
  filter.before = second + audit::kMicrosInDay;
  EXPECT_EQ(count(filter), 1U);
  filter.from.reset();
  EXPECT_EQ(count(filter), 3U);
  filter.newest_first = false;
  EXPECT_EQ(count(filter), 3U);
}

TEST(List, GoesOnWhereAPageEndedInBothDirections) {
  AuditWorld world = FiveFindings();
  BuiltAudit built(world);
  for (const bool newest_first : {false, true}) {
    FindingFilter filter;
    filter.newest_first = newest_first;
    const auto all = IdsOf(Must(built.queries().List(filter, 100)).findings);
    std::vector<std::string> pages;
    std::string cursor;
    int asked = 0;
    do {
      const FindingPage page = Must(built.queries().List(filter, 2, cursor));
      for (const std::string& id : IdsOf(page.findings)) pages.push_back(id);
      cursor = page.next;
    } while (!cursor.empty() && ++asked < 10);
    EXPECT_EQ(pages, all);
    EXPECT_EQ(all.size(), 5U);
  }
  // What comes between two pages changes neither what was shown nor what follows.
  FindingFilter newest;
  const FindingPage first = Must(built.queries().List(newest, 2));
  const auto rest = IdsOf(Must(built.queries().List(newest, 100, first.next)).findings);
  world.GoTo(9);
  world.Post(Overridden(1, v1::PERIOD_CLOSED));
  built.Run(world.chain().bytes());
  EXPECT_EQ(IdsOf(Must(built.queries().List(newest, 100, first.next)).findings), rest);
  EXPECT_EQ(built.All().size(), 6U);
}

TEST(List, RefusesWhatIsNone) {
  const BuiltAudit built(FiveFindings());
  FindingFilter filter;
  EXPECT_FALSE(built.queries().List(filter, 0).ok());
  EXPECT_FALSE(built.queries().List(filter, 1'001).ok());
  EXPECT_FALSE(built.queries().List(filter, 10, "nonsense").ok());
  filter.rule = "no-such-rule";
  EXPECT_FALSE(built.queries().List(filter, 10).ok());
  EXPECT_EQ(built.queries().One(UuidV4(1, 2)).status().kind(), Status::Kind::kNotFound);
}

TEST(Counts, AreThoseOfTheLists) {
  AuditWorld world = FiveFindings();
  world.Acknowledge(IdsOf(BuiltAudit(world).All())[2]);
  BuiltAudit built(world, 3);
  built.Reopen();
  std::uint64_t found = 0;
  for (const audit::CountedRule& one : Must(built.queries().Counts())) {
    EXPECT_FALSE(one.title_id.empty());
    found += one.counts.findings;
    if (one.rule == "override") {
      EXPECT_EQ(one.counts, (audit::RuleCounts{5, 5, 4}));
    }
  }
  EXPECT_EQ(found, 5U);
}

}  // namespace
}  // namespace lumbung
