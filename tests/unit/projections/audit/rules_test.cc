// Rules as a text, findings in words, and what they are made of.
#include "projections/audit/rules.h"

#include <string>

#include <gtest/gtest.h>

#include "projections/audit/built_in_rules.h"
#include "projections/audit/explain.h"
#include "projections/audit/finding.h"
#include "projections/audit/unsettled_watch.h"

namespace lumbung::audit {
namespace {

std::string With(const std::string& from, const std::string& to) {
  std::string text(BuiltInRulesToml());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Rules, BuiltInOnesAreReadWithTheirParameters) {
  const Rules& rules = Rules::BuiltIn();
  EXPECT_EQ(rules.large_cash.amount, 50'000'000'000);
  EXPECT_EQ(rules.negative_stock.codes, (std::vector<std::uint32_t>{1141, 1142}));
  EXPECT_EQ(rules.Of(RuleId::kBrokenLink).name, "broken-link");
  EXPECT_EQ(rules.Of(RuleId::kSequenceReuse).severity, Severity::kAlarm);
  EXPECT_EQ(rules.Find("no-such-rule"), nullptr);
  EXPECT_EQ(rules.identity().rfind("rules 1 sha256:", 0), 0U);
}

// Another text is another identity, so that rows are built anew.
TEST(Rules, IdentityFollowsFromTheText) {
  const Result<Rules> other = Rules::Parse(With("grace_days = 7", "grace_days = 8"));
  ASSERT_TRUE(other.ok());
  EXPECT_NE(other->identity(), Rules::BuiltIn().identity());
  EXPECT_EQ(other->negative_cash.grace_days, 8);
}

TEST(Rules, RefuseWhatIsNone) {
  struct Fault {
    const char* from;
    const char* to;
    const char* named;
  };
  constexpr Fault kFaults[] = {
      {"version = 1", "", "version"},
      {"[rounding]", "[roundings]", "roundings: there is no such rule"},
      {"severity = \"alarm\"", "severity = \"grave\"", "negative-cash.severity"},
      {"grace_days = 7", "", "negative-cash.grace_days"},
      {"grace_days = 7", "grace_days = -7", "negative-cash.grace_days"},
      {"grace_days = 7", "grace_days = \"7\"", "negative-cash.grace_days"},
      {"grace_days = 7", "grace_days = 7\nmore = 1", "negative-cash.more"},
      {"codes = [7901]", "codes = [0]", "rounding.codes"},
      {"codes = [7901]", "codes = 7901", "rounding.codes"},
      {"on = true", "on = 1", "negative-cash.on"},
      {"version = 1", "version = ", "line"},
  };
  for (const Fault& fault : kFaults) {
    const Result<Rules> parsed = Rules::Parse(With(fault.from, fault.to));
    ASSERT_FALSE(parsed.ok()) << fault.to;
    EXPECT_NE(parsed.status().message().find(fault.named), std::string::npos)
        << parsed.status().message();
  }
}

TEST(Explain, WritesAmountsAndDaysAsTheyAreRead) {
  EXPECT_EQ(FormatAmount(123'456'789, "", Language::kIndonesian), "Rp1.234.567,89");
  EXPECT_EQ(FormatAmount(123'456'789, "IDR", Language::kEnglish), "Rp1,234,567.89");
  EXPECT_EQ(FormatAmount(-50'000, "", Language::kIndonesian), "-Rp500");
  EXPECT_EQ(FormatAmount(5, "GBP", Language::kEnglish), "GBP 0.05");
  EXPECT_EQ(FormatAmount(0, "", Language::kEnglish), "Rp0");
  EXPECT_EQ(FormatDay(20260817, Language::kIndonesian), "17 Agustus 2026");
  EXPECT_EQ(FormatDay(20261201, Language::kEnglish), "1 December 2026");
}

TEST(Explain, OfARuleThatIsGoneSaysItsName) {
  Finding finding;
  finding.rule = "of-old";
  EXPECT_EQ(Explain(finding, Rules::BuiltIn(), Language::kEnglish), "of-old");
  EXPECT_EQ(TitleOf(finding, Rules::BuiltIn(), Language::kIndonesian), "of-old");
}

TEST(Finding, ComesBackFromItsBytes) {
  Finding finding;
  finding.id = FindingId("rounding", "20417:7901:0 20260501");
  finding.rule = "rounding";
  finding.severity = Severity::kWarning;
  finding.cooperative = 20417;
  finding.outlet = 3;
  finding.from = 20260501;
  finding.to = 20260531;
  finding.found_at = 1'777'896'000'000'000;
  finding.resolved_at = 1'777'896'000'000'001;
  finding.SetAmount("amount", -(static_cast<Int128>(1) << 100), "GBP");
  finding.SetText("account", "20417:7901:0");
  finding.SetDate("date", 20260501);
  for (std::uint64_t i = 1; i <= 20; ++i) finding.AddEvent({2, i, Hash{}});
  EXPECT_EQ(finding.evidence.size(), Finding::kMostEvidence);
  EXPECT_EQ(finding.events, 20U);
  const std::string bytes = finding.Encode();
  const Result<Finding> parsed = Finding::Parse(finding.id, bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, finding);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(Finding::Parse(finding.id, std::string_view(bytes).substr(0, cut)).ok()) << cut;
  }
  EXPECT_FALSE(Finding::Parse(finding.id, bytes + "x").ok());
}

// A rule and a subject have one id, for ever.
TEST(Finding, IdMustNotChange) {
  EXPECT_EQ(FormatUuid(FindingId("negative-cash", "1:1101:0 20260505")),
            "74486e5e-8539-5a51-8bdf-a4dc7124afae");
  EXPECT_NE(FindingId("negative-cash", "1:1101:0 20260505"),
            FindingId("negative-cash", "1:1101:0 20260506"));
}

TEST(WorkingDays, LeaveOutWeekends) {
  // A Monday, a Thursday, a Friday, a Saturday, a Sunday.
  EXPECT_EQ(AfterWorkingDays(20260504, 2), 20260507);
  EXPECT_EQ(AfterWorkingDays(20260507, 2), 20260512);
  EXPECT_EQ(AfterWorkingDays(20260508, 2), 20260513);
  EXPECT_EQ(AfterWorkingDays(20260509, 2), 20260513);
  EXPECT_EQ(AfterWorkingDays(20260510, 2), 20260513);
}

}  // namespace
}  // namespace lumbung::audit
