// Negative cash, stock and float: what is one at a day's end, and what only looks so for a while.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/projections/audit/audit_world.h"

namespace lumbung {
namespace {

// What is recorded on a day about a day.
struct Step {
  int recorded;
  int about;
  std::vector<Leg> legs;
};
struct Row {
  const char* what;
  std::vector<Step> steps;
  // Findings of the rule, and whether the last of them is resolved.
  std::size_t found = 0;
  bool resolved = false;
  std::int64_t lowest = 0;
  const char* rule = "negative-cash";
};

class NegativeBalance : public testing::TestWithParam<Row> {};

TEST_P(NegativeBalance, IsFoundAtADaysEnd) {
  AuditWorld world;
  int last = 0;
  for (const Step& step : GetParam().steps) {
    world.GoTo(step.recorded, 12 * 60 + ++last);
    world.Post({.legs = step.legs, .date = AuditWorld::Day(step.about)});
  }
  world.GoTo(40);
  world.Post({.legs = {{6101, 1}, {1111, -1}}, .cooperative = 2});
  const BuiltAudit built(world);
  const Findings found = built.Found(GetParam().rule);
  ASSERT_EQ(found.size(), GetParam().found);
  if (found.empty()) return;
  EXPECT_EQ(found.back().finding.resolved_at != 0, GetParam().resolved);
  EXPECT_EQ(static_cast<std::int64_t>(found.back().finding.NumberOf("balance")),
            GetParam().lowest * 100);
  EXPECT_FALSE(found.back().finding.evidence.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NegativeBalance,
    testing::Values(Row{"more is paid than there was",
                        {{0, 0, {{1101, 50}, {4101, -50}}}, {1, 1, {{6101, 80}, {1101, -80}}}},
                        1,
                        false,
                        -30},
                    Row{"the savings unit has cash of its own",
                        {{0, 0, {{1101, 50}, {4101, -50}}}, {1, 1, {{2101, 1}, {1102, -1}}}},
                        1,
                        false,
                        -1},
                    Row{"nothing is wrong",
                        {{0, 0, {{1101, 50}, {4101, -50}}}, {1, 1, {{6101, 50}, {1101, -50}}}}},
                    Row{"paid before it came in on the same day",
                        {{1, 1, {{6101, 80}, {1101, -80}}}, {1, 1, {{1101, 80}, {4101, -80}}}}},
                    Row{"a backlog of six days tells what came in before",
                        {{1, 1, {{6101, 80}, {1101, -80}}}, {6, 0, {{1101, 80}, {4101, -80}}}}},
                    Row{"a backlog that comes after the grace resolves it",
                        {{1, 1, {{6101, 80}, {1101, -80}}}, {20, 0, {{1101, 80}, {4101, -80}}}},
                        1,
                        true,
                        -80},
                    Row{"of days in a row it is one, and the worst is told",
                        {{1, 1, {{6101, 80}, {1101, -80}}},
                         {2, 2, {{6101, 5}, {1101, -5}}},
                         {3, 3, {{1101, 10}, {4101, -10}}}},
                        1,
                        false,
                        -85},
                    Row{"again after it was well is another",
                        {{1, 1, {{6101, 80}, {1101, -80}}},
                         {2, 2, {{1101, 80}, {4101, -80}}},
                         {3, 3, {{6101, 7}, {1101, -7}}}},
                        2,
                        false,
                        -7},
                    Row{"in by a later day does not help an earlier one",
                        {{1, 5, {{1101, 80}, {4101, -80}}}, {1, 1, {{6101, 80}, {1101, -80}}}},
                        1,
                        true,
                        -80},
                    Row{"a backlog out of order, weeks late, that comes out even",
                        {{0, 0, {{1101, 9}, {4101, -9}}},
                         {25, 2, {{6101, 80}, {1101, -80}}},
                         {25, 1, {{1101, 80}, {4101, -80}}}}},
                    Row{"sold and never bought",
                        {{1, 1, {{5101, 40}, {1141, -40}}}},
                        1,
                        false,
                        -40,
                        "negative-stock"},
                    Row{"sold before its purchase is told",
                        {{1, 1, {{5101, 40}, {1141, -40}}}, {7, 1, {{1141, 40}, {2101, -40}}}},
                        0,
                        false,
                        0,
                        "negative-stock"},
                    Row{"an agent's float",
                        {{1, 1, {{1101, 40}, {1113, -40}}}},
                        1,
                        false,
                        -40,
                        "negative-float"},
                    Row{"an overdrawn bank account is no cash",
                        {{1, 1, {{6101, 40}, {1111, -40}}}}},
                    Row{"a credit on income is none", {{1, 1, {{1111, 40}, {4101, -40}}}}}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

// The event that made it so is the evidence, not those before or after it.
TEST(NegativeBalanceEvidence, IsTheEventThatLeftItBelowZero) {
  AuditWorld world;
  world.Post({.legs = {{1101, 50}, {4101, -50}}});
  world.GoTo(1);
  world.Post({.legs = {{6101, 80}, {1101, -80}}});
  const std::uint64_t guilty = world.chain().size();
  world.Post({.legs = {{1101, 10}, {4101, -10}}});
  world.GoTo(9, 1);
  world.Post({.legs = {{1101, 1}, {4101, -1}}});
  const BuiltAudit built(world);
  const Findings found = built.Found("negative-cash");
  ASSERT_EQ(found.size(), 1U);
  const audit::Finding& finding = found[0].finding;
  ASSERT_EQ(finding.evidence.size(), 1U);
  EXPECT_EQ(finding.evidence[0].sequence, guilty);
  EXPECT_EQ(finding.evidence[0].hash, world.chain().hash(guilty));
  EXPECT_EQ(finding.cooperative, 1U);
  EXPECT_EQ(finding.from, AuditWorld::Day(1));
  // At the beginning of the ninth day, local time.
  EXPECT_EQ(finding.found_at, audit::StartOfDay(AuditWorld::Day(9), AuditWorld::kOffset));
  EXPECT_EQ(found[0].text_en,
            "Account 1:1101:0 came to -Rp20 at the end of 5 May 2026, though cash can't be below "
            "zero.");
  EXPECT_EQ(
      found[0].text_id,
      "Akun 1:1101:0 bersaldo -Rp20 pada akhir 5 Mei 2026, padahal kas tidak bisa kurang dari "
      "nol.");
}

}  // namespace
}  // namespace lumbung
