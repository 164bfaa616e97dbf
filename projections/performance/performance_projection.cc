#include "projections/performance/performance_projection.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/domain/account_key.h"
#include "projections/performance/keys.h"
#include "projections/performance/rules.h"
#include "projections/performance/transaction_measure.h"

namespace lumbung::performance {

PerformanceProjection::PerformanceProjection(const Regions& regions, std::size_t cache_bytes)
    : regions_list_(regions), cooperatives_(regions), cache_(cache_bytes) {}

ProjectionIdentity PerformanceProjection::identity() const {
  return {kPerformanceName, 2, std::string(kRulesVersion) + "; regions " + regions_list_.version()};
}

Status PerformanceProjection::Open(const RowReader& rows) {
  LUMBUNG_RETURN_IF_ERROR(charts_.Open(rows));
  LUMBUNG_RETURN_IF_ERROR(loans_.Open(rows));
  return cooperatives_.Open(rows);
}

// --- Cooperatives that move -----------------------------------------------------------------

bool PerformanceProjection::Moves(const v1::Cooperative& changed) const {
  const auto found = cooperatives_.all().find(changed.cooperative());
  if (found == cooperatives_.all().end()) {
    return false;
  }
  const CooperativeVersion to{changed, regions_list_.PlaceOf(changed.village_code()), nullptr};
  return found->second.versions.back().day_region() != to.day_region();
}

bool PerformanceProjection::NeedsCommitBefore(const v1::Event& event) const {
  if (event.has_chart_published() || pending_.entries() > kMostEntries) {
    return !pending_.empty();
  }
  if (event.has_cooperative_changed()) {
    return !pending_.empty() || Moves(event.cooperative_changed().cooperative());
  }
  const auto has = [this](const auto& about) {
    return loans_.Has(about.cooperative(), about.loan());
  };
  if (event.has_loan_granted()) {
    return has(event.loan_granted().loan());
  }
  if (event.has_loan_schedule_replaced()) {
    return has(event.loan_schedule_replaced().schedule());
  }
  return event.has_loan_status_reported() && has(event.loan_status_reported().status());
}

Result<OutletDay> PerformanceProjection::DayOf(std::uint64_t cooperative, Date date,
                                               const RowReader& rows) {
  OutletDay sum;
  const auto row = rows.Walk(OutletDayPrefix(date, cooperative));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    LUMBUNG_RETURN_IF_ERROR(sum.AddEncoded(row->value(), names_));
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  return sum;
}

Result<MemberSketch> PerformanceProjection::MembersIn(RegionCode region, Date date,
                                                      const RowReader& rows) {
  MemberSketch members;
  for (const auto& [number, cooperative] : cooperatives_.all()) {
    if (LiesIn(cooperative.InForce(date).place.in, region)) {
      const Result<OutletDay> day = DayOf(number, date, rows);
      LUMBUNG_RETURN_IF_ERROR(day.status());
      members.Add(day->members);
    }
  }
  return members;
}

Status PerformanceProjection::MoveMembers(RegionCode from, RegionCode to, Date date,
                                          const MemberSketch& members, const RowReader& rows) {
  // Sets can't be taken apart: those that it leaves are put together anew.
  for (RegionCode region = from; !LiesIn(to, region); region = ParentOf(region)) {
    if (LevelOf(region) <= kSmallestMembersLevel) {
      Result<MemberSketch> left = MembersIn(region, date, rows);
      LUMBUNG_RETURN_IF_ERROR(left.status());
      regions_.SetMembers(region, date, std::move(*left));
    }
  }
  regions_.AddMembers(to, date, members);
  return Status::Ok();
}

Status PerformanceProjection::MoveDays(const CooperativeState& before,
                                       const CooperativeState& after, Date since,
                                       const RowReader& rows) {
  const CooperativeMemory& memory = before.memory;
  std::int32_t last = 0;
  if (before.fresh.business_date != 0) {
    last = DaysOfDate(before.fresh.business_date);
  }
  for (std::int32_t day = DaysOfDate(since); day <= last; ++day) {
    const Date date = DateOfDays(day);
    const RegionCode from = before.InForce(date).day_region();
    const RegionCode to = after.InForce(date).day_region();
    if (from == to) {
      continue;
    }
    Result<OutletDay> moved = DayOf(before.number, date, rows);
    LUMBUNG_RETURN_IF_ERROR(moved.status());
    if (memory.days.Has(day)) {
      moved->day.cooperatives.Add(static_cast<Counts::Key>(memory.days.GapOf(day)), 1);
    }
    for (const OutletMemory& outlet : memory.outlets) {
      if (outlet.days.Has(day)) {
        moved->day.outlets.Add(static_cast<Counts::Key>(outlet.days.GapOf(day)), 1);
      }
    }
    regions_.Add(to, date, moved->day, names_);
    moved->day.Negate();
    regions_.Add(from, date, moved->day, names_);
    if (!moved->members.empty()) {
      LUMBUNG_RETURN_IF_ERROR(MoveMembers(from, to, date, moved->members, rows));
    }
  }
  return Status::Ok();
}

Status PerformanceProjection::Register(const v1::Cooperative& attributes, const RowReader& rows) {
  const CooperativeState* known = cooperatives_.Find(attributes.cooperative());
  const bool was_there = known != nullptr && known->versions.back().is_there();
  const bool moves = Moves(attributes);
  // The batch in hand is empty where it moves: rows say all that went before.
  const CooperativeState before = known != nullptr ? *known : CooperativeState{};
  const std::int32_t since = DaysOfDate(attributes.effective_date());
  const HeardOf heard_before = known != nullptr ? HeardOf(before, since) : HeardOf();
  cooperatives_.Add(attributes);
  const CooperativeState& after = *cooperatives_.Find(attributes.cooperative());
  if (moves) {
    LUMBUNG_RETURN_IF_ERROR(series_.Move(before, after, rows));
    LUMBUNG_RETURN_IF_ERROR(MoveDays(before, after, attributes.effective_date(), rows));
  }
  series_.ExchangeHeard(heard_before, HeardOf(after, since));
  const int change = (after.versions.back().is_there() ? 1 : 0) - (was_there ? 1 : 0);
  if (change != 0) {
    series_.Add(after, kCooperativesThere, attributes.effective_date(), change);
  }
  return Status::Ok();
}

// --- Outlets and accounts at banks ----------------------------------------------------------

void PerformanceProjection::TakeOutlet(CooperativeState& cooperative, const v1::Holder& holder) {
  OutletMemory& outlet = cooperative.memory.Outlet(holder.number());
  const bool open = holder.status() == v1::Holder::ACTIVE;
  // What is told out of order takes effect no earlier than what was told before.
  const Date date = std::max(outlet.since, holder.effective_date());
  if (open != outlet.open) {
    series_.Add(cooperative, kOutletsOpen, date, open ? 1 : -1);
  }
  outlet.open = open;
  outlet.since = date;
  cooperatives_.NoteMemory(cooperative);
}

void PerformanceProjection::TakeConfirmation(const v1::Attestation& attestation) {
  const std::optional<AccountKey> account = ParseAccount(attestation.subject());
  const bool of_bank =
      account.has_value() && account->cooperative == attestation.cooperative() &&
      account->currency == kIdr && cooperatives_.Find(account->cooperative) != nullptr &&
      std::find(kBankCodes.begin(), kBankCodes.end(), account->code) != kBankCodes.end();
  if (of_bank && IsDate(attestation.as_of())) {
    pending_.AddConfirmation(account->cooperative, account->code, attestation.as_of());
  }
}

// --- Events -----------------------------------------------------------------------------------

Result<CooperativeState*> PerformanceProjection::Known(std::uint64_t number) {
  CooperativeState* const cooperative = cooperatives_.Find(number);
  if (cooperative == nullptr) {
    return Status::Corruption("a fact of cooperative " + std::to_string(number) +
                              ", which was not registered before");
  }
  return cooperative;
}

Status PerformanceProjection::Apply(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Event& fact = event.event;
  const auto take = [&](const v1::Transaction& transaction, std::uint32_t item = 0) {
    pending_.Add(event.shard, fact.recorded_at(), transaction, names_);
    loan_events_.Take(fact, transaction, item);
  };
  if (fact.has_transaction_posted()) {
    take(fact.transaction_posted().transaction());
    return Status::Ok();
  }
  if (fact.has_hold_captured()) {
    take(fact.hold_captured().transaction());
    return Status::Ok();
  }
  if (fact.has_batch_posted()) {
    std::uint32_t item = 0;
    for (const v1::TransactionPosted& posted : fact.batch_posted().transactions()) {
      take(posted.transaction(), item++);
    }
    return Status::Ok();
  }
  return TakeFact(event, rows);
}

Status PerformanceProjection::TakeFact(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Event& fact = event.event;
  if (fact.has_chart_published()) {
    charts_.Add(event.shard, fact.chart_published().chart());
  } else if (fact.has_cooperative_registered()) {
    return Register(fact.cooperative_registered().cooperative(), rows);
  } else if (fact.has_cooperative_changed()) {
    return Register(fact.cooperative_changed().cooperative(), rows);
  } else if (fact.has_holder_changed()) {
    const v1::Holder& holder = fact.holder_changed().holder();
    if (holder.holder_class() == kOutletClass) {
      const Result<CooperativeState*> cooperative = Known(holder.cooperative());
      LUMBUNG_RETURN_IF_ERROR(cooperative.status());
      TakeOutlet(**cooperative, holder);
    }
  } else if (fact.has_attestation_recorded()) {
    const v1::Attestation& attestation = fact.attestation_recorded().attestation();
    if (attestation.kind() == kBankConfirmation) {
      TakeConfirmation(attestation);
    }
  } else {
    return TakeLoan(fact, rows);
  }
  return Status::Ok();
}

Status PerformanceProjection::TakeLoan(const v1::Event& fact, const RowReader& rows) {
  loan_events_.Take(fact);
  const auto known = [this](std::uint64_t number, const auto& take) -> Status {
    const Result<CooperativeState*> cooperative = Known(number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    return take(**cooperative);
  };
  if (fact.has_loan_granted()) {
    const v1::Loan& loan = fact.loan_granted().loan();
    return known(loan.cooperative(), [&](const CooperativeState& cooperative) {
      return loans_.TakeGrant(cooperative, loan, rows, series_);
    });
  }
  if (fact.has_loan_schedule_replaced()) {
    const v1::LoanSchedule& schedule = fact.loan_schedule_replaced().schedule();
    return known(schedule.cooperative(), [&](const CooperativeState& cooperative) {
      return loans_.TakeSchedule(cooperative, schedule, rows, series_);
    });
  }
  if (fact.has_loan_status_reported()) {
    const v1::LoanStatus& status = fact.loan_status_reported().status();
    return known(status.cooperative(), [&](const CooperativeState& cooperative) {
      return loans_.TakeStatus(cooperative, status, fact.sequence(), rows, series_);
    });
  }
  if (fact.has_loan_payment_reported()) {
    const v1::LoanPayment& payment = fact.loan_payment_reported().payment();
    return known(payment.cooperative(), [&](const CooperativeState& cooperative) {
      loans_.TakePayment(cooperative, payment, series_);
      return Status::Ok();
    });
  }
  return Status::Ok();
}

Status PerformanceProjection::Finish(const RowReader& rows, RowWriter& out) {
  LUMBUNG_RETURN_IF_ERROR(TakePending(rows, out));
  charts_.Finish(out);
  cooperatives_.Finish(out);
  loans_.Finish(out);
  loan_events_.Finish(out);
  LUMBUNG_RETURN_IF_ERROR(series_.Finish(rows, out));
  LUMBUNG_RETURN_IF_ERROR(regions_.Finish(rows, cache_, names_, out));
  cache_.Trim();
  return Status::Ok();
}

}  // namespace lumbung::performance
