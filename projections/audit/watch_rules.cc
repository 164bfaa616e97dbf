#include "projections/audit/watch_rules.h"

#include <algorithm>
#include <string>

namespace lumbung::audit {
namespace {

std::string Number(std::uint64_t number) { return std::to_string(number); }

// --- Devices ------------------------------------------------------------------------------------

std::string GapSubject(const CooperativeState& cooperative, const DeviceWatch& device,
                       const DeviceWatch::Gap& gap) {
  return Number(cooperative.number) + " " + Number(device.device()) + " " +
         Number(gap.named_first) + "-" + Number(gap.named_last);
}

Status ReportGap(const CooperativeState& cooperative, const DeviceWatch& device,
                 DeviceWatch::Gap& gap, std::int64_t when, const Desk& desk) {
  gap.reported = true;
  const Result<Finding*> at =
      desk.findings.At(RuleId::kSequenceGap, GapSubject(cooperative, device, gap), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at != 0) {
    return Status::Ok();  // another part of the same gap
  }
  const Date date =
      LocalDate(gap.since, cooperative.versions.back().attributes.utc_offset_minutes());
  finding.found_at = when;
  finding.cooperative = cooperative.number;
  finding.AddEvent(gap.shown_by);
  finding.Cover(date);
  finding.SetNumber("device", device.device());
  finding.SetNumber("first", gap.first);
  finding.SetNumber("last", gap.last);
  finding.SetDate("date", date);
  return Status::Ok();
}

// More gaps than are kept: the lowest are told without waiting, and then forgotten.
Status LimitGaps(const CooperativeState& cooperative, DeviceWatch& device, std::int64_t now,
                 const Desk& desk) {
  std::vector<DeviceWatch::Gap>& gaps = device.gaps();
  const auto most = static_cast<std::size_t>(desk.rules.sequence_gap.most_gaps);
  while (gaps.size() > most) {
    auto oldest = std::find_if(gaps.begin(), gaps.end(),
                               [](const DeviceWatch::Gap& gap) { return gap.reported; });
    oldest = oldest == gaps.end() ? gaps.begin() : oldest;
    if (!oldest->reported) {
      LUMBUNG_RETURN_IF_ERROR(ReportGap(cooperative, device, *oldest, now, desk));
    }
    gaps.erase(oldest);
  }
  return Status::Ok();
}

Status ReportReuse(const Heard& heard, const Desk& desk) {
  const v1::Origin& origin = heard.transaction.origin();
  const Result<Finding*> at =
      desk.findings.At(RuleId::kSequenceReuse,
                       Number(heard.cooperative.number) + " " + Number(origin.device()) + " " +
                           std::to_string(heard.today),
                       desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = heard.clock.now;
    finding.cooperative = heard.cooperative.number;
    finding.outlet = heard.transaction.outlet();
    finding.SetNumber("device", origin.device());
    finding.SetNumber("first", origin.sequence());
    finding.SetDate("date", heard.today);
  }
  finding.AddEvent(heard.event);
  finding.Cover(heard.transaction.business_date());
  finding.SetNumber("count", finding.events);
  return Status::Ok();
}

Status HearDevice(const Heard& heard, const Desk& desk) {
  const v1::Origin& origin = heard.transaction.origin();
  DeviceWatch& device = heard.cooperative.DeviceOf(origin.device());
  DeviceWatch::Gap filled;
  const std::int64_t now = heard.clock.now;
  const DeviceWatch::Seen seen =
      heard.refused ? device.TakeRefused(origin.sequence(), now, heard.event, filled)
                    : device.Take(origin.sequence(), now, heard.event, filled);
  switch (seen) {
    case DeviceWatch::Seen::kNew:
      break;
    case DeviceWatch::Seen::kFilled:
      LUMBUNG_RETURN_IF_ERROR(desk.findings.Resolve(
          RuleId::kSequenceGap, GapSubject(heard.cooperative, device, filled), now, desk.rows));
      break;
    case DeviceWatch::Seen::kAgain:
      if (desk.rules.IsOn(RuleId::kSequenceReuse)) {
        LUMBUNG_RETURN_IF_ERROR(ReportReuse(heard, desk));
      }
      break;
  }
  if (!desk.rules.IsOn(RuleId::kSequenceGap)) {
    device.gaps().clear();
  }
  return LimitGaps(heard.cooperative, device, now, desk);
}

Status JudgeGaps(CooperativeState& cooperative, std::int64_t now, const Desk& desk) {
  const std::int64_t patience = desk.rules.sequence_gap.days * kMicrosInDay;
  for (DeviceWatch& device : cooperative.devices) {
    for (DeviceWatch::Gap& gap : device.gaps()) {
      if (!gap.reported && gap.since + patience <= now) {
        LUMBUNG_RETURN_IF_ERROR(ReportGap(cooperative, device, gap, gap.since + patience, desk));
      }
    }
  }
  return Status::Ok();
}

// --- Outlets ------------------------------------------------------------------------------------

std::string SilenceSubject(const CooperativeState& cooperative, std::uint64_t outlet, Date since) {
  return Number(cooperative.number) + "/" + Number(outlet) + " " + std::to_string(since);
}

Status HearOutlet(const Heard& heard, const Desk& desk) {
  OutletWatch& outlet = heard.cooperative.OutletOf(heard.transaction.outlet());
  const Date since = outlet.heard_on;
  if (!outlet.Hear(heard.clock, heard.today, heard.event)) {
    return Status::Ok();
  }
  return desk.findings.Resolve(RuleId::kOutletSilent,
                               SilenceSubject(heard.cooperative, outlet.outlet, since),
                               heard.clock.now, desk.rows);
}

Status ReportSilence(const CooperativeState& cooperative, OutletWatch& outlet,
                     const ShardClock& clock, const Desk& desk) {
  outlet.reported = true;
  const Result<Finding*> at =
      desk.findings.At(RuleId::kOutletSilent,
                       SilenceSubject(cooperative, outlet.outlet, outlet.heard_on), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  finding.found_at = clock.now;
  finding.resolved_at = 0;
  finding.cooperative = cooperative.number;
  finding.outlet = outlet.outlet;
  finding.AddEvent(outlet.heard_by);
  finding.Cover(outlet.heard_on);
  finding.SetNumber("outlet", outlet.outlet);
  finding.SetDate("date", outlet.heard_on);
  finding.SetNumber("days", (clock.now - outlet.heard_at) / kMicrosInDay);
  finding.SetNumber("usual", outlet.usual / kMicrosInHour);
  return Status::Ok();
}

// Whether it has ended: nothing is to be expected of it.
bool HasEnded(const CooperativeState& cooperative, std::int64_t now) {
  const Date today = LocalDate(now, cooperative.versions.back().attributes.utc_offset_minutes());
  const v1::Cooperative::Status status = cooperative.InForce(today).attributes.status();
  return status == v1::Cooperative::CLOSED || status == v1::Cooperative::MERGED;
}

Status JudgeOutlets(CooperativeState& cooperative, const ShardClock& clock, const Desk& desk) {
  for (OutletWatch& outlet : cooperative.outlets) {
    if (!outlet.IsWatched(desk.rules) || outlet.Patience(clock, desk.rules) > 0) {
      continue;
    }
    if (HasEnded(cooperative, clock.now)) {
      // Until it is heard of on so many days again.
      outlet.active_days = 0;
      continue;
    }
    LUMBUNG_RETURN_IF_ERROR(ReportSilence(cooperative, outlet, clock, desk));
  }
  return Status::Ok();
}

// --- QRIS ---------------------------------------------------------------------------------------

std::string UnsettledSubject(const UnsettledWatch& watch, Date date) {
  return FormatAccount(watch.key()) + " " + std::to_string(date);
}

Status JudgeUnsettled(CooperativeState& cooperative, std::int64_t now, const Desk& desk) {
  const std::int32_t days = desk.rules.qris.working_days;
  for (UnsettledWatch& watch : cooperative.unsettled) {
    for (UnsettledWatch::Day& day : watch.days()) {
      const std::int64_t due = cooperative.StartOf(AfterWorkingDays(day.date, days));
      if (due > now) {
        break;
      }
      if (day.reported) {
        continue;
      }
      day.reported = true;
      const Result<Finding*> at =
          desk.findings.At(RuleId::kQrisUnsettled, UnsettledSubject(watch, day.date), desk.rows);
      LUMBUNG_RETURN_IF_ERROR(at.status());
      Finding& finding = **at;
      finding.found_at = due;
      finding.resolved_at = 0;
      finding.cooperative = cooperative.number;
      finding.AddEvent(day.first);
      finding.Cover(day.date);
      finding.SetText("account", FormatAccount(watch.key()));
      finding.SetAmount("amount", day.open, FormatCurrency(watch.key().currency));
      finding.SetDate("date", day.date);
      finding.SetNumber("days", days);
    }
  }
  return Status::Ok();
}

}  // namespace

Status HearOutletAndDevice(const Heard& heard, const Desk& desk) {
  if (heard.transaction.outlet() != 0 && desk.rules.IsOn(RuleId::kOutletSilent)) {
    LUMBUNG_RETURN_IF_ERROR(HearOutlet(heard, desk));
  }
  const v1::Origin& origin = heard.transaction.origin();
  if (origin.device() != 0 && origin.sequence() != 0) {
    return HearDevice(heard, desk);
  }
  return Status::Ok();
}

Status ForgetOutlet(CooperativeState& cooperative, std::uint64_t outlet, std::int64_t now,
                    const Desk& desk) {
  const auto watch = std::find_if(cooperative.outlets.begin(), cooperative.outlets.end(),
                                  [&](const OutletWatch& one) { return one.outlet == outlet; });
  if (watch == cooperative.outlets.end()) {
    return Status::Ok();
  }
  const std::string subject = SilenceSubject(cooperative, outlet, watch->heard_on);
  const bool reported = watch->reported;
  cooperative.outlets.erase(watch);
  return reported ? desk.findings.Resolve(RuleId::kOutletSilent, subject, now, desk.rows)
                  : Status::Ok();
}

Status AddToUnsettled(const Posted& posted, const Desk& desk) {
  std::vector<Date> settled;
  for (const v1::Entry& entry : posted.transaction.entries()) {
    const CodeUse& use = posted.chart.UseOf(entry.code());
    if (!use.qris) {
      continue;
    }
    UnsettledWatch& watch = posted.cooperative.UnsettledOf(
        entry.code(), ParseCurrency(entry.currency()).value_or(kIdr), entry.holder());
    const Int128 debit = static_cast<Int128>(entry.debit()) - entry.credit();
    settled.clear();
    watch.Add(std::max(posted.today, posted.transaction.business_date()),
              use.grows_by_credit ? -debit : debit, posted.event, settled);
    for (const Date date : settled) {
      LUMBUNG_RETURN_IF_ERROR(desk.findings.Resolve(
          RuleId::kQrisUnsettled, UnsettledSubject(watch, date), posted.recorded_at, desk.rows));
    }
  }
  return Status::Ok();
}

Status JudgeWatches(CooperativeState& cooperative, const ShardClock& clock, const Desk& desk) {
  LUMBUNG_RETURN_IF_ERROR(JudgeGaps(cooperative, clock.now, desk));
  LUMBUNG_RETURN_IF_ERROR(JudgeOutlets(cooperative, clock, desk));
  return JudgeUnsettled(cooperative, clock.now, desk);
}

}  // namespace lumbung::audit
