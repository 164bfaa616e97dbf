#include "tests/unit/projections/audit/rule_case.h"

namespace lumbung {

void Tick(AuditWorld& world, int day) {
  world.GoTo(day);
  world.Post(
      {.legs = {{6101, 1}, {1111, -1}}, .cooperative = 2, .kind = "expense", .channel = "journal"});
}

void TickThrough(AuditWorld& world, int from, int to) {
  for (int day = from; day <= to; ++day) {
    for (int hour = 0; hour < 24; hour += 3) {
      world.GoTo(day, hour * 60);
      world.Post({.legs = {{6101, 1}, {1111, -1}},
                  .cooperative = 2,
                  .outlet = 0,
                  .kind = "expense",
                  .channel = "journal"});
    }
  }
}

Findings ExpectCase(const RuleCase& one) {
  SCOPED_TRACE(std::string(one.rule) + ": " + one.what);
  AuditWorld world;
  one.tell(world);
  const BuiltAudit built(world);
  Findings found = built.Found(one.rule);
  EXPECT_EQ(found.size(), one.found);
  std::size_t resolved = 0;
  for (const auto& shown : found) {
    const audit::Finding& finding = shown.finding;
    resolved += finding.resolved_at != 0 ? 1 : 0;
    for (const std::string& text : {shown.text_id, shown.text_en, shown.title_id, shown.title_en}) {
      EXPECT_FALSE(text.empty());
      EXPECT_EQ(text.find('{'), std::string::npos) << text;
    }
    EXPECT_NE(finding.from, 0);
    EXPECT_LE(finding.from, finding.to);
    EXPECT_FALSE(finding.evidence.empty());
    EXPECT_GE(finding.events, finding.evidence.size());
    for (const audit::Evidence& event : finding.evidence) {
      EXPECT_EQ(event.hash, world.chain().hash(event.sequence));
    }
  }
  EXPECT_EQ(resolved, one.resolved);
  // However the batches are cut.
  const Hash whole = built.Digest();
  EXPECT_EQ(BuiltAudit(world, 1).Digest(), whole);
  EXPECT_EQ(BuiltAudit(world, 3).Digest(), whole);
  return found;
}

}  // namespace lumbung
