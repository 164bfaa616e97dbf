#include "projections/audit/balance_rules.h"

#include <string>

namespace lumbung::audit {
namespace {

std::string SubjectOf(const BalanceWatch& watch) {
  return FormatAccount(watch.key()) + " " + std::to_string(watch.negative_since);
}

Status NoteNegative(const BalanceWatch& watch, const BalanceWatch::Day& day, std::int64_t when,
                    const Desk& desk) {
  const Result<Finding*> at = desk.findings.At(watch.rule(), SubjectOf(watch), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = when;
    finding.cooperative = watch.key().cooperative;
    finding.SetText("account", FormatAccount(watch.key()));
  }
  if (watch.low() && (finding.evidence.empty() || !(finding.evidence.back() == *watch.low()))) {
    finding.AddEvent(*watch.low());
  }
  finding.Cover(day.date);
  // Of a row of days, the worst.
  if (day.balance < finding.NumberOf("balance")) {
    finding.SetAmount("balance", day.balance, FormatCurrency(watch.key().currency));
    finding.SetDate("date", day.date);
  }
  return Status::Ok();
}

}  // namespace

void AddToBalances(const Posted& posted) {
  for (const v1::Entry& entry : posted.transaction.entries()) {
    const CodeUse& use = posted.chart.UseOf(entry.code());
    if (!use.negative && !use.funding) {
      continue;
    }
    const CurrencyCode currency = ParseCurrency(entry.currency()).value_or(kIdr);
    BalanceWatch& watch = posted.cooperative.BalanceOf(entry.code(), currency, entry.holder());
    if (use.negative) {
      watch.JudgeBy(use.negative_rule, use.grace_days);
    }
    const Int128 debit = static_cast<Int128>(entry.debit()) - entry.credit();
    watch.Add(posted.transaction.business_date(), posted.today,
              use.grows_by_credit ? -debit : debit, posted.event);
  }
}

Status JudgeBalances(CooperativeState& cooperative, std::int64_t now, const Desk& desk) {
  for (BalanceWatch& watch : cooperative.balances) {
    for (Date due = watch.DueOn(); due != 0 && cooperative.StartOf(due) <= now;
         due = watch.DueOn()) {
      const std::int64_t when = cooperative.StartOf(due);
      const BalanceWatch::Day day = watch.TakeDay();
      if (day.balance < 0) {
        watch.negative_since = watch.negative_since == 0 ? day.date : watch.negative_since;
        LUMBUNG_RETURN_IF_ERROR(NoteNegative(watch, day, when, desk));
      } else if (watch.negative_since != 0) {
        LUMBUNG_RETURN_IF_ERROR(
            desk.findings.Resolve(watch.rule(), SubjectOf(watch), when, desk.rows));
        watch.negative_since = 0;
      }
    }
  }
  return Status::Ok();
}

}  // namespace lumbung::audit
