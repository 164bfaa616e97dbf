#include "engine/serve/performance_answers.h"

#include <string>

#include <fmt/format.h>

#include "engine/domain/account_key.h"
#include "engine/serve/projection_answers.h"

namespace lumbung {
namespace {

using performance::Measure;
using performance::Subject;

// Of the villages of cooperatives that have no code.
constexpr std::string_view kNoVillage = "none";
constexpr std::size_t kLongestVillage = 32;

std::string Text(Int128 number) { return fmt::format("{}", number); }

std::int64_t Ppm(double part) { return static_cast<std::int64_t>(part * 1e6 + 0.5); }

void FillFlow(const performance::Flow& flow, v1::Flow& filled) {
  filled.set_transactions(flow.transactions);
  filled.set_sales(flow.sales);
  filled.set_turnover(Text(flow.turnover));
  filled.set_member_turnover(Text(flow.member_turnover));
}

template <typename Message>
void FillChannels(const std::vector<performance::ChannelFigures>& channels, Message& filled) {
  for (const performance::ChannelFigures& channel : channels) {
    v1::ChannelFlow& added = *filled.add_channels();
    added.set_channel(channel.channel);
    FillFlow(channel.flow, *added.mutable_flow());
  }
}

void FillStanding(const performance::Standing& standing, v1::Standing& filled) {
  filled.set_day(standing.day);
  filled.set_principal_dues(Text(standing.principal_dues));
  filled.set_mandatory_dues(Text(standing.mandatory_dues));
  filled.set_voluntary_savings(Text(standing.voluntary_savings));
  filled.set_term_savings(Text(standing.term_savings));
  filled.set_member_loans(Text(standing.member_loans));
  filled.set_bank_loans(Text(standing.bank_loans));
  for (const Int128 outstanding : standing.outstanding) {
    filled.add_outstanding(Text(outstanding));
  }
  if (const auto npl = standing.NplPpm()) filled.set_npl_ppm(*npl);
  filled.set_instalments_due(Text(standing.instalments_due));
  filled.set_instalments_paid(Text(standing.instalments_paid));
  if (const auto repayment = standing.RepaymentPpm()) filled.set_repayment_ppm(*repayment);
  filled.set_cooperatives(static_cast<std::int64_t>(standing.cooperatives));
  filled.set_dormant_week(static_cast<std::int64_t>(standing.dormant_week));
  filled.set_dormant_month(static_cast<std::int64_t>(standing.dormant_month));
  filled.set_open_outlets(static_cast<std::int64_t>(standing.open_outlets));
  filled.set_bank_accounts(static_cast<std::int64_t>(standing.bank_accounts));
  filled.set_confirmed_bank_accounts(static_cast<std::int64_t>(standing.confirmed_bank_accounts));
  if (const auto confirmed = standing.ConfirmedPpm()) filled.set_confirmed_ppm(*confirmed);
}

}  // namespace

std::optional<CallError> ReadSubject(const v1::PerformanceSubject& asked, Subject& subject) {
  if (asked.cooperative() != 0) {
    if (asked.cooperative() > kMaxCooperative) {
      return InvalidField("subject.cooperative", "wants a cooperative's number");
    }
    if (!asked.region().empty()) {
      return InvalidField("subject.region", "goes without a cooperative");
    }
    subject = asked.has_outlet() ? Subject::OfOutlet(asked.cooperative(), asked.outlet())
                                 : Subject::OfCooperative(asked.cooperative());
    return std::nullopt;
  }
  if (asked.has_outlet()) {
    return InvalidField("subject.outlet", "wants a cooperative");
  }
  const std::string& region = asked.region();
  if (region.size() > kLongestVillage) {
    return InvalidField("subject.region", "wants a code as 32.04.12, or ID");
  }
  const std::optional<RegionCode> code = ReadRegionCode(region);
  subject = code && Regions::BuiltIn().Has(*code)
                ? Subject::OfRegion(*code)
                : Subject::OfVillage(region == kNoVillage ? "" : region);
  return std::nullopt;
}

std::optional<CallError> ReadMeasure(v1::Measure asked, Measure& measure) {
  // They are numbered in the same order; the unit test has each.
  if (asked == v1::MEASURE_UNSPECIFIED || !v1::Measure_IsValid(asked)) {
    return InvalidField("measure", "wants one of those that there are");
  }
  measure = static_cast<Measure>(asked - 1);
  return std::nullopt;
}

std::optional<CallError> ReadDay(std::int32_t day) {
  return IsDate(day) ? std::nullopt : std::optional(InvalidField("day", "wants a day as YYYYMMDD"));
}

std::optional<CallError> ReadDays(std::int32_t from, std::int32_t to, Days& days) {
  days = {from, to == 0 ? from : to};
  if (!IsDate(days.from)) {
    return InvalidField("from_date", "wants a day as YYYYMMDD");
  }
  if (!IsDate(days.to) || days.to < days.from) {
    return InvalidField("to_date", "wants a day as YYYYMMDD that is not before from_date");
  }
  return std::nullopt;
}

void FillOf(const Subject& subject, v1::PerformanceOf& of) {
  v1::PerformanceSubject& filled = *of.mutable_subject();
  of.set_listed(true);
  switch (subject.kind) {
    case Subject::Kind::kRegion:
      filled.set_region(FormatRegionCode(subject.region));
      of.set_name(std::string(Regions::BuiltIn().NameOf(subject.region)));
      return;
    case Subject::Kind::kVillage:
      filled.set_region(subject.village.empty() ? std::string(kNoVillage) : subject.village);
      of.set_listed(false);
      return;
    case Subject::Kind::kOutlet:
      filled.set_outlet(subject.outlet);
      filled.set_cooperative(subject.cooperative);
      return;
    case Subject::Kind::kCooperative:
      filled.set_cooperative(subject.cooperative);
      return;
  }
}

void FillFigures(const performance::Figures& figures, v1::PerformanceFigures& filled) {
  filled.set_from_date(figures.from);
  filled.set_to_date(figures.to);
  FillFlow(figures.flow, *filled.mutable_flow());
  FillChannels(figures.channels, filled);
  filled.set_surplus(Text(figures.surplus));
  filled.set_intercepts(Text(figures.intercepts));
  filled.set_late(figures.late);
  filled.set_reversals(figures.reversals);
  filled.mutable_lag()->set_transactions(figures.lag.transactions);
  filled.mutable_lag()->set_p50(figures.lag.p50);
  filled.mutable_lag()->set_p99(figures.lag.p99);
  filled.mutable_lag()->set_error_ppm(Ppm(figures.lag.relative_error));
  filled.mutable_active_members()->set_members(figures.active_members.members);
  filled.mutable_active_members()->set_error_ppm(Ppm(figures.active_members.standard_error));
  filled.mutable_active_members()->set_days(figures.active_members.days);
  filled.mutable_activity()->set_cooperatives(figures.activity.cooperatives);
  filled.mutable_activity()->set_outlets(figures.activity.outlets);
  filled.mutable_activity()->set_days(figures.activity.days);
  if (figures.standing) {
    FillStanding(*figures.standing, *filled.mutable_standing());
  }
}

void FillHour(const performance::HourFigures& hour, v1::HourFlow& filled) {
  if (hour.hour != performance::kNoHour) {
    filled.set_hour(hour.hour);
  }
  FillFlow(hour.flow, *filled.mutable_flow());
  FillChannels(hour.channels, filled);
}

void FillRanked(const performance::Ranked& ranked, v1::RankedPerformance& filled) {
  FillOf(ranked.subject, *filled.mutable_of());
  filled.mutable_of()->set_listed(ranked.is_listed);
  if (ranked.value) {
    filled.set_value(Text(*ranked.value));
  }
}

void FillComparison(const performance::Comparison& comparison,
                    v1::ComparePerformanceResponse& filled) {
  filled.set_day(comparison.day);
  filled.set_value(Text(comparison.value));
  for (const Int128 before : comparison.before) {
    filled.add_before(Text(before));
  }
  filled.set_average(Text(comparison.average));
  if (comparison.change_ppm) {
    filled.set_change_ppm(*comparison.change_ppm);
  }
}

void FillFreshness(const performance::Freshness& freshness, v1::GetFreshnessResponse& filled) {
  filled.set_recorded_at(freshness.recorded_at);
  filled.set_occurred_at(freshness.occurred_at);
  filled.set_business_date(freshness.business_date);
  filled.set_cooperatives(freshness.cooperatives);
  filled.set_never(freshness.never);
  filled.set_within_day(freshness.within_day);
  filled.set_within_week(freshness.within_week);
  filled.set_within_month(freshness.within_month);
  filled.set_median_recorded_at(freshness.median_recorded_at);
}

}  // namespace lumbung
