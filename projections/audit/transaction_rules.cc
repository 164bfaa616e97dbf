#include "projections/audit/transaction_rules.h"

#include <algorithm>
#include <string>

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung::audit {
namespace {

std::string OutletText(const Posted& posted) {
  return std::to_string(posted.transaction.cooperative()) + "/" +
         std::to_string(posted.transaction.outlet());
}

// The finding of a rule about an outlet and a day, begun where there is none.
Result<Finding*> OutletFinding(RuleId rule, const std::string& more, Date date,
                               const Posted& posted, const Desk& desk) {
  const Result<Finding*> at =
      desk.findings.At(rule, OutletText(posted) + " " + std::to_string(date) + more, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = posted.recorded_at;
    finding.cooperative = posted.transaction.cooperative();
    finding.outlet = posted.transaction.outlet();
    finding.SetNumber("outlet", finding.outlet);
    finding.SetDate("date", date);
  }
  finding.AddEvent(posted.event);
  finding.SetNumber("count", finding.events);
  return at;
}

Status LookAtOverrides(const Posted& posted, const Desk& desk) {
  for (const int number : posted.posting.overrides()) {
    const std::string& code = v1::Code_Name(static_cast<v1::Code>(number));
    const Result<Finding*> at =
        OutletFinding(RuleId::kOverride, " " + code, posted.today, posted, desk);
    LUMBUNG_RETURN_IF_ERROR(at.status());
    Finding& finding = **at;
    const auto& notices = desk.rules.overrides.notice_codes;
    if (std::find(notices.begin(), notices.end(), code) == notices.end()) {
      finding.severity = std::max(finding.severity, Severity::kWarning);
    }
    finding.Cover(posted.transaction.business_date());
    finding.SetAmount("amount", finding.NumberOf("amount") + AmountOf(posted.transaction));
    finding.SetText("code", code);
  }
  return Status::Ok();
}

// --- After hours --------------------------------------------------------------------------------

std::string HourText(std::int32_t minute) {
  const auto two = [](std::int32_t number) {
    return std::string(number < 10 ? "0" : "") + std::to_string(number);
  };
  return two(minute / 60) + ":" + two(minute % 60);
}

Status LookAtHours(const Posted& posted, const Desk& desk) {
  const auto& rule = desk.rules.after_hours;
  const v1::Transaction& transaction = posted.transaction;
  if (transaction.occurred_at() == 0 || posted.is_reversal() || posted.kind == nullptr ||
      !posted.kind->turnover()) {
    return Status::Ok();
  }
  const std::int32_t minute = MinuteOfDay(transaction.occurred_at(), posted.utc_offset_minutes);
  if ((rule.opens <= minute && minute < rule.closes) ||
      std::find(rule.channels.begin(), rule.channels.end(), transaction.channel()) ==
          rule.channels.end()) {
    return Status::Ok();
  }
  const Date date = LocalDate(transaction.occurred_at(), posted.utc_offset_minutes);
  const Result<Finding*> at = OutletFinding(RuleId::kAfterHours, "", date, posted, desk);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  finding.Cover(date);
  if (finding.events == 1) {
    finding.SetText("time", HourText(minute));
    finding.SetText("opens", HourText(rule.opens));
    finding.SetText("closes", HourText(rule.closes));
  }
  return Status::Ok();
}

// --- Backdating ---------------------------------------------------------------------------------

// Told as it happened, by a device that could not tell before.
bool IsBacklog(const Posted& posted) {
  const v1::Transaction& transaction = posted.transaction;
  return transaction.nature() == v1::Transaction::FACT && transaction.origin().device() != 0 &&
         transaction.occurred_at() != 0 &&
         LocalDate(transaction.occurred_at(), posted.utc_offset_minutes) ==
             transaction.business_date();
}

Status LookAtBackdating(const Posted& posted, const Desk& desk) {
  const auto& rule = desk.rules.backdating;
  const std::int32_t days =
      DaysOfDate(posted.today) - DaysOfDate(posted.transaction.business_date());
  if (days <= rule.days) {
    return Status::Ok();
  }
  std::int32_t limit = rule.days;
  if (posted.kind != nullptr && (posted.kind->adjustment() || posted.kind->closing())) {
    limit = std::max(limit, rule.adjustment_days);
  }
  if (IsBacklog(posted)) {
    limit = std::max(limit, rule.backlog_days);
  }
  if (days <= limit) {
    return Status::Ok();
  }
  const Result<Finding*> at = OutletFinding(RuleId::kBackdating, "", posted.today, posted, desk);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  finding.Cover(posted.transaction.business_date());
  finding.SetAmount("amount", finding.NumberOf("amount") + AmountOf(posted.transaction));
  finding.SetNumber("days", std::max<Int128>(finding.NumberOf("days"), days));
  finding.SetNumber(
      "limit", finding.events == 1 ? limit : std::min<Int128>(finding.NumberOf("limit"), limit));
  return Status::Ok();
}

// --- Reversals ----------------------------------------------------------------------------------

Status LookAtReversal(const Posted& posted, const Desk& desk) {
  const auto& rule = desk.rules.reversals;
  const v1::Transaction& transaction = posted.transaction;
  const Date date = transaction.business_date();
  const Date oldest = AddDays(posted.today, -rule.window_days);
  std::vector<ReversalCount>& counts = posted.cooperative.reversals;
  std::erase_if(counts, [&](const ReversalCount& one) { return one.date < oldest; });
  if (date < oldest) {
    return Status::Ok();
  }
  auto count = std::find_if(counts.begin(), counts.end(), [&](const ReversalCount& one) {
    return one.outlet == transaction.outlet() && one.operated_by == transaction.operator_() &&
           one.date == date;
  });
  if (count == counts.end()) {
    count = counts.insert(count, {transaction.outlet(), transaction.operator_(), date, 0, 0, {}});
  }
  ++count->count;
  count->amount += AmountOf(transaction);
  if (count->count < rule.count) {
    count->events.push_back(posted.event);
    return Status::Ok();
  }
  const Result<Finding*> at = OutletFinding(
      RuleId::kRepeatedReversals, " " + std::to_string(count->operated_by), date, posted, desk);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.events == 1) {
    finding.evidence.insert(finding.evidence.begin(), count->events.begin(), count->events.end());
    finding.events += count->events.size();
    finding.evidence.resize(std::min(finding.evidence.size(), Finding::kMostEvidence));
    finding.SetNumber("operator", count->operated_by);
    count->events.clear();
  }
  finding.Cover(date);
  finding.SetNumber("count", count->count);
  finding.SetAmount("amount", count->amount);
  return Status::Ok();
}

// --- Rounding -----------------------------------------------------------------------------------

Date MonthOf(Date date) { return date / 100 * 100 + 1; }

RoundingMonth& RoundingOf(const Posted& posted, const v1::Entry& entry, CurrencyCode currency) {
  std::vector<RoundingMonth>& months = posted.cooperative.roundings;
  const Date oldest = MonthOf(AddDays(MonthOf(AddDays(MonthOf(posted.today), -1)), -1));
  std::erase_if(months, [&](const RoundingMonth& one) { return one.month < oldest; });
  const Date month = std::max(oldest, MonthOf(posted.transaction.business_date()));
  for (RoundingMonth& one : months) {
    if (one.code == entry.code() && one.currency == currency && one.holder == entry.holder() &&
        one.month == month) {
      return one;
    }
  }
  RoundingMonth& one = months.emplace_back();
  one.code = entry.code();
  one.currency = currency;
  one.holder = entry.holder();
  one.month = month;
  return one;
}

Status LookAtRounding(const Posted& posted, const v1::Entry& entry, const Desk& desk) {
  const auto& rule = desk.rules.rounding;
  const CurrencyCode currency = ParseCurrency(entry.currency()).value_or(kIdr);
  RoundingMonth& month = RoundingOf(posted, entry, currency);
  const Int128 amount = static_cast<Int128>(entry.debit()) + entry.credit();
  ++month.count;
  month.amount += amount;
  month.largest = std::max(month.largest, amount);
  if (month.largest <= rule.single && month.amount <= rule.month) {
    return Status::Ok();
  }
  const std::string account =
      FormatAccount({posted.cooperative.number, month.code, currency, month.holder});
  const Result<Finding*> at =
      desk.findings.At(RuleId::kRounding, account + " " + std::to_string(month.month), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = posted.recorded_at;
    finding.cooperative = posted.cooperative.number;
    finding.SetText("account", account);
    finding.SetDate("date", month.month);
  }
  finding.AddEvent(posted.event);
  finding.Cover(posted.transaction.business_date());
  const std::string name = FormatCurrency(currency);
  finding.SetNumber("count", month.count);
  finding.SetAmount("amount", month.amount, name);
  finding.SetAmount("largest", month.largest, name);
  return Status::Ok();
}

}  // namespace

Int128 AmountOf(const v1::Transaction& transaction) {
  Int128 amount = 0;
  for (const v1::Entry& entry : transaction.entries()) {
    amount += IsRupiah(entry) ? entry.debit() : 0;
  }
  return amount;
}

Status LookAtTransaction(const Posted& posted, const Desk& desk) {
  if (!posted.posting.overrides().empty() && desk.rules.IsOn(RuleId::kOverride)) {
    LUMBUNG_RETURN_IF_ERROR(LookAtOverrides(posted, desk));
  }
  if (desk.rules.IsOn(RuleId::kAfterHours)) {
    LUMBUNG_RETURN_IF_ERROR(LookAtHours(posted, desk));
  }
  if (desk.rules.IsOn(RuleId::kBackdating) && posted.transaction.business_date() < posted.today) {
    LUMBUNG_RETURN_IF_ERROR(LookAtBackdating(posted, desk));
  }
  if (posted.is_reversal() && desk.rules.IsOn(RuleId::kRepeatedReversals)) {
    LUMBUNG_RETURN_IF_ERROR(LookAtReversal(posted, desk));
  }
  for (const v1::Entry& entry : posted.transaction.entries()) {
    if (posted.chart.UseOf(entry.code()).rounding) {
      LUMBUNG_RETURN_IF_ERROR(LookAtRounding(posted, entry, desk));
    }
  }
  return Status::Ok();
}

}  // namespace lumbung::audit
