#include "projections/audit/stop_finding.h"

#include <string>

namespace lumbung::audit {

std::optional<ShownFinding> FindingOfStop(const ProjectionStatus& status, const Rules& rules) {
  if (!status.reason) {
    return std::nullopt;
  }
  const StopReason& reason = *status.reason;
  const Rule& rule = rules.Of(RuleId::kBrokenLink);
  ShownFinding shown;
  Finding& finding = shown.finding;
  finding.id = FindingId(rule.name, std::to_string(reason.shard) + " " +
                                        std::to_string(reason.sequence) + " " + reason.found);
  finding.rule = rule.name;
  finding.severity = rule.severity;
  const auto shard = status.shards.find(reason.shard);
  if (shard != status.shards.end() && shard->second.position.sequence != 0) {
    const Position& last = shard->second.position;
    finding.found_at = last.recorded_at;
    finding.AddEvent({reason.shard, last.sequence, last.hash});
  }
  finding.SetNumber("shard", reason.shard);
  finding.SetNumber("sequence", reason.sequence);
  finding.SetText("expected", reason.expected);
  finding.SetText("found", reason.found);
  shown.title_id = TitleOf(finding, rules, Language::kIndonesian);
  shown.title_en = TitleOf(finding, rules, Language::kEnglish);
  shown.text_id = Explain(finding, rules, Language::kIndonesian);
  shown.text_en = Explain(finding, rules, Language::kEnglish);
  return shown;
}

}  // namespace lumbung::audit
