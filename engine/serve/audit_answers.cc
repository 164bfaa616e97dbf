#include "engine/serve/audit_answers.h"

#include <string>

#include <fmt/format.h>

#include "engine/serve/projection_answers.h"
#include "projections/audit/local_time.h"

namespace lumbung {
namespace {

v1::Severity SeverityOf(audit::Severity severity) {
  switch (severity) {
    case audit::Severity::kNotice:
      return v1::NOTICE;
    case audit::Severity::kWarning:
      return v1::WARNING;
    case audit::Severity::kAlarm:
      return v1::ALARM;
  }
  return v1::SEVERITY_UNSPECIFIED;
}

// Days are those of the capital, as findings may be of cooperatives in several zones.
std::optional<CallError> ReadDaysFound(const v1::ListFindingsRequest& asked,
                                       audit::FindingFilter& filter) {
  Period period;
  std::optional<CallError> error = ReadPeriod(asked.from_date(), asked.to_date(), period);
  if (!error && asked.from_date() != 0) {
    filter.from = audit::StartOfDay(period.from, audit::kWibMinutes);
  }
  if (!error && asked.to_date() != 0) {
    filter.before = audit::StartOfDay(period.through, audit::kWibMinutes) + audit::kMicrosInDay;
  }
  return error;
}

void FillEvent(const audit::Evidence& event, v1::FindingEvent& filled) {
  filled.set_shard(event.shard);
  filled.set_sequence(event.sequence);
  filled.set_hash(std::string(AsView(event.hash)));
}

void FillFigure(const audit::Figure& figure, v1::FindingFigure& filled) {
  filled.set_name(figure.name);
  switch (figure.kind) {
    case audit::Figure::Kind::kAmount:
      filled.set_amount(fmt::format("{}", figure.number));
      filled.set_currency(figure.text.empty() ? "IDR" : figure.text);
      return;
    case audit::Figure::Kind::kNumber:
      filled.set_number(fmt::format("{}", figure.number));
      return;
    case audit::Figure::Kind::kDate:
      filled.set_date(static_cast<Date>(figure.number));
      return;
    case audit::Figure::Kind::kText:
      filled.set_text(figure.text);
      return;
  }
}

void FillAcknowledgement(const audit::Acknowledgement& one, v1::FindingAcknowledgement& filled) {
  filled.set_command_id(one.command_id);
  filled.set_actor(one.actor);
  FillEvent(one.event, *filled.mutable_event());
  filled.set_recorded_at(one.recorded_at);
  filled.set_cooperative(one.cooperative);
  filled.set_as_of(one.as_of);
  for (const auto& [name, value] : one.values) {
    v1::AttestedValue& added = *filled.add_values();
    added.set_name(name);
    added.set_value(value);
  }
  filled.set_document_digest(one.document_digest);
}

}  // namespace

std::optional<CallError> ReadFilter(const v1::ListFindingsRequest& asked,
                                    audit::FindingFilter& filter) {
  if (!asked.rule().empty()) {
    if (audit::Rules::BuiltIn().Find(asked.rule()) == nullptr) {
      return InvalidField("rule", "is none of the audit's; counts name all");
    }
    filter.rule = asked.rule();
  }
  if (!v1::Severity_IsValid(asked.severity())) {
    return InvalidField("severity", "wants notice, warning or alarm");
  }
  if (asked.severity() != v1::SEVERITY_UNSPECIFIED) {
    filter.at_least = static_cast<audit::Severity>(asked.severity());
  }
  if (!v1::ListFindingsRequest::Order_IsValid(asked.order())) {
    return InvalidField("order", "wants newest or oldest");
  }
  filter.newest_first = asked.order() == v1::ListFindingsRequest::NEWEST_FIRST;
  if (asked.has_cooperative()) filter.cooperative = asked.cooperative();
  if (asked.has_acknowledged()) filter.acknowledged = asked.acknowledged();
  if (asked.has_resolved()) filter.resolved = asked.resolved();
  return ReadDaysFound(asked, filter);
}

void FillFinding(const audit::ShownFinding& shown, v1::Finding& filled) {
  const audit::Finding& finding = shown.finding;
  filled.set_id(FormatUuid(finding.id));
  filled.set_rule(finding.rule);
  filled.set_severity(SeverityOf(finding.severity));
  filled.set_cooperative(finding.cooperative);
  filled.set_outlet(finding.outlet);
  filled.set_from_date(finding.from);
  filled.set_to_date(finding.to);
  filled.set_found_at(finding.found_at);
  filled.set_resolved_at(finding.resolved_at);
  filled.set_events(finding.events);
  for (const audit::Evidence& event : finding.evidence) {
    FillEvent(event, *filled.add_evidence());
  }
  for (const audit::Figure& figure : finding.figures) {
    FillFigure(figure, *filled.add_figures());
  }
  filled.set_title_id(shown.title_id);
  filled.set_title_en(shown.title_en);
  filled.set_text_id(shown.text_id);
  filled.set_text_en(shown.text_en);
  filled.set_acknowledged(shown.acknowledged);
  for (const audit::Acknowledgement& one : shown.acknowledgements) {
    FillAcknowledgement(one, *filled.add_acknowledgements());
  }
}

void FillCount(const audit::CountedRule& counted, v1::RuleCount& filled) {
  filled.set_rule(counted.rule);
  filled.set_severity(SeverityOf(counted.severity));
  filled.set_title_id(counted.title_id);
  filled.set_title_en(counted.title_en);
  filled.set_findings(counted.counts.findings);
  filled.set_unresolved(counted.counts.unresolved);
  filled.set_unacknowledged(counted.counts.unacknowledged);
}

CallError OfFindings(const Status& status) {
  if (status.kind() == Status::Kind::kNotFound) {
    return {CallError::Kind::kNotFound, v1::OK, "there is no such finding", ""};
  }
  // Rule and page have been looked at before.
  return status.kind() == Status::Kind::kInvalidArgument
             ? InvalidField("cursor", "is not one that a page of findings gave")
             : OfQuery(status);
}

}  // namespace lumbung
