// How PerformanceProjection takes transactions: cooperative by cooperative, when a batch ends.
#include <algorithm>
#include <string>
#include <vector>

#include "projections/performance/keys.h"
#include "projections/performance/performance_projection.h"
#include "projections/performance/rules.h"
#include "projections/performance/transaction_measure.h"

namespace lumbung::performance {

void PerformanceProjection::NoteActive(CooperativeState& cooperative, std::uint64_t outlet,
                                       Date date) {
  const std::int32_t day = DaysOfDate(date);
  const auto note = [&](ActivityDays& days, Counts DayRow::*counts) {
    for (const ActivityDays::Change& change : days.Note(day)) {
      const Date changed = DateOfDays(change.day);
      DayRow row;
      (row.*counts).Add(static_cast<Counts::Key>(change.gap), change.count);
      regions_.Add(cooperative.InForce(changed).day_region(), changed, row, names_);
      cooperatives_.NoteMemory(cooperative);
    }
  };
  if (!cooperative.memory.days.Has(day)) {
    const HeardOf before(cooperative, day);
    note(cooperative.memory.days, &DayRow::cooperatives);
    series_.ExchangeHeard(before, HeardOf(cooperative, day));
  }
  if (outlet != 0) {
    note(cooperative.memory.Outlet(outlet).days, &DayRow::outlets);
  }
}

void PerformanceProjection::NoteBank(CooperativeState& cooperative, std::uint32_t code, Date date) {
  BankAccountMemory& bank = cooperative.memory.Bank(code);
  if (bank.since != 0 && bank.since <= date) {
    return;
  }
  if (bank.since != 0) {
    series_.Add(cooperative, kBankAccounts, bank.since, -1);
  }
  series_.Add(cooperative, kBankAccounts, date, 1);
  bank.since = date;
  cooperatives_.NoteMemory(cooperative);
}

void PerformanceProjection::Confirm(CooperativeState& cooperative, std::uint32_t code, Date date) {
  NoteBank(cooperative, code, date);
  std::vector<Date>& confirmed = cooperative.memory.Bank(code).confirmed;
  const auto next = std::lower_bound(confirmed.begin(), confirmed.end(), date);
  if (next != confirmed.end() && *next == date) {
    return;
  }
  // From that day on for so many, but where another confirmation holds anyway.
  const auto days_after = [](Date day) { return DateOfDays(DaysOfDate(day) + kConfirmedDays); };
  const Date from = next == confirmed.begin() ? date : std::max(date, days_after(*(next - 1)));
  const Date until = next == confirmed.end() ? days_after(date) : std::min(days_after(date), *next);
  if (from < until) {
    series_.Add(cooperative, kBankAccountsConfirmed, from, 1);
    series_.Add(cooperative, kBankAccountsConfirmed, until, -1);
  }
  confirmed.insert(next, date);
  cooperatives_.NoteMemory(cooperative);
}

OutletDay& PerformanceProjection::ChangeOf(Date date, std::uint64_t outlet) {
  // Most often it is one of the last.
  for (std::size_t i = changes_.size(); i > 0; --i) {
    if (changes_[i - 1].date == date && changes_[i - 1].outlet == outlet) {
      return changes_[i - 1].day;
    }
  }
  return changes_.emplace_back(OutletChange{date, outlet, {}}).day;
}

Status PerformanceProjection::Take(CooperativeState& cooperative, const Posted& posted) {
  const Date date = posted.date;
  const std::int32_t offset = cooperative.InForce(date).attributes.utc_offset_minutes();
  // As the engine chose the chart that it checked the transaction by.
  const Date today = LocalDate(posted.recorded_at, offset);
  const Date chart_date = std::min(date, today);
  CooperativeVersion& version = cooperative.InForce(chart_date);
  if (version.chart == nullptr) {
    version.chart = charts_.Find(posted.shard, version.attributes.chart());
    if (version.chart == nullptr) {
      return Status::Corruption("a transaction by chart " + version.attributes.chart() +
                                ", which was not published before");
    }
  }
  TransactionMeasure& measure = measure_;
  const ChartRules& rules = version.chart->InForce(chart_date);
  MeasureTransaction(posted, pending_.EntriesOf(posted), offset, rules,
                     rules.Kind(names_.NameOf(posted.kind)), measure);
  OutletDay& outlet = ChangeOf(date, posted.outlet);
  outlet.day.At(measure.hour, posted.channel, names_).Add(measure.flow);
  outlet.day.surplus += measure.surplus;
  outlet.day.intercepts += measure.intercepts;
  outlet.day.late += measure.late ? 1 : 0;
  outlet.day.reversals += measure.reversal ? 1 : 0;
  if (measure.has_lag) {
    outlet.day.lag.Add(measure.lag, 1);
  }
  for (const Fingerprint member : measure.members) {
    outlet.members.Add(member);
  }
  for (const auto& [code, change] : measure.balances) {
    series_.Add(cooperative, code, date, change);
  }
  if (measure.repaid != 0) {
    series_.Add(cooperative, kInstalmentsPaid, date, measure.repaid);
  }
  for (const std::uint32_t code : measure.banks) {
    NoteBank(cooperative, code, date);
  }
  // A day to come, by a clock that is wrong, is today's activity.
  NoteActive(cooperative, posted.outlet, chart_date);
  cooperatives_.NoteFresh(cooperative, posted.recorded_at, posted.occurred_at, date);
  return Status::Ok();
}

Status PerformanceProjection::WriteOutlets(const CooperativeState& cooperative,
                                           const RowReader& rows, RowWriter& out) {
  std::sort(changes_.begin(), changes_.end(), [](const OutletChange& a, const OutletChange& b) {
    return a.date != b.date ? a.date < b.date : a.outlet < b.outlet;
  });
  std::vector<std::string> keys;
  for (const OutletChange& change : changes_) {
    keys.push_back(OutletDayKey(change.date, cooperative.number, change.outlet));
  }
  std::vector<RowCache::Value*> values;
  LUMBUNG_RETURN_IF_ERROR(cache_.Load(rows, keys, values));
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const OutletChange& change = changes_[i];
    const CooperativeVersion& version = cooperative.InForce(change.date);
    regions_.Add(version.day_region(), change.date, change.day.day, names_);
    if (!change.day.members.empty()) {
      regions_.AddMembers(version.place.in, change.date, change.day.members);
    }
    OutletDay sum;
    if (values[i]->has_value()) {
      LUMBUNG_RETURN_IF_ERROR(sum.AddEncoded(**values[i], names_));
    }
    sum.Add(change.day, names_);
    *values[i] = sum.Encode(names_);
    out.Put(keys[i], **values[i]);
  }
  changes_.clear();
  return Status::Ok();
}

Status PerformanceProjection::TakePending(const RowReader& rows, RowWriter& out) {
  const Status taken = pending_.EachCooperative(
      [&](std::uint64_t number, std::span<const Posted* const> all) -> Status {
        const Result<CooperativeState*> known = Known(number);
        LUMBUNG_RETURN_IF_ERROR(known.status());
        for (const Posted* posted : all) {
          if (posted->confirmed_code != 0) {
            Confirm(**known, posted->confirmed_code, posted->date);
          } else {
            LUMBUNG_RETURN_IF_ERROR(Take(**known, *posted));
          }
        }
        return WriteOutlets(**known, rows, out);
      });
  pending_.Clear();
  return taken;
}

}  // namespace lumbung::performance
