#include "projections/performance/performance_projection.h"

#include <algorithm>
#include <vector>

#include "projections/performance/keys.h"
#include "projections/performance/rules.h"
#include "projections/performance/transaction_measure.h"

namespace lumbung::performance {

PerformanceProjection::PerformanceProjection(const Regions& regions, std::size_t cache_bytes)
    : regions_list_(regions), cooperatives_(regions), cache_(cache_bytes) {}

ProjectionIdentity PerformanceProjection::identity() const {
  return {"performance", 1, std::string(kRulesVersion) + "; regions " + regions_list_.version()};
}

std::size_t PerformanceProjection::OutletKeyHash::operator()(const OutletKey& key) const {
  std::uint64_t mixed = key.cooperative * 0x9E3779B97F4A7C15 + key.outlet;
  mixed = (mixed ^ (mixed >> 32)) * 0xBF58476D1CE4E5B9 + static_cast<std::uint64_t>(key.date);
  mixed = (mixed ^ (mixed >> 29)) * 0x94D049BB133111EB;
  return mixed ^ (mixed >> 32);
}

Status PerformanceProjection::Open(const RowReader& rows) {
  LUMBUNG_RETURN_IF_ERROR(charts_.Open(rows));
  return cooperatives_.Open(rows);
}

// --- Cooperatives that change ---------------------------------------------------------------

bool PerformanceProjection::MovesDays(const v1::Cooperative& changed) const {
  const auto found = cooperatives_.all().find(changed.cooperative());
  return found != cooperatives_.all().end() &&
         found->second.fresh.business_date >= changed.effective_date();
}

bool PerformanceProjection::NeedsCommitBefore(const v1::Event& event) const {
  return event.has_cooperative_changed() && MovesDays(event.cooperative_changed().cooperative());
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

// The batch in hand is empty where days move: rows say all that went before.
Status PerformanceProjection::ChangeCooperative(const v1::Cooperative& changed,
                                                const RowReader& rows) {
  const bool moves = MovesDays(changed);
  const CooperativeState* known = cooperatives_.Find(changed.cooperative());
  const CooperativeState before = known == nullptr ? CooperativeState{} : *known;
  cooperatives_.Add(changed);
  if (!moves) {
    return Status::Ok();
  }
  const CooperativeState& after = *cooperatives_.Find(changed.cooperative());
  const std::int32_t last = DaysOfDate(before.fresh.business_date);
  for (std::int32_t day = DaysOfDate(changed.effective_date()); day <= last; ++day) {
    const Date date = DateOfDays(day);
    const CooperativeVersion& from = before.InForce(date);
    const CooperativeVersion& to = after.InForce(date);
    if (from.place.in == to.place.in) {
      continue;
    }
    Result<OutletDay> moved = DayOf(before.number, date, rows);
    LUMBUNG_RETURN_IF_ERROR(moved.status());
    regions_.Add(to.day_region(), date, moved->day, names_);
    moved->day.Negate();
    regions_.Add(from.day_region(), date, moved->day, names_);
    if (moved->members.empty()) {
      continue;
    }
    // Sets can't be taken apart: those that it leaves are put together anew.
    for (RegionCode region = from.place.in; !LiesIn(to.place.in, region);
         region = ParentOf(region)) {
      if (LevelOf(region) <= kSmallestMembersLevel) {
        Result<MemberSketch> left = MembersIn(region, date, rows);
        LUMBUNG_RETURN_IF_ERROR(left.status());
        regions_.SetMembers(region, date, std::move(*left));
      }
    }
    regions_.AddMembers(to.place.in, date, moved->members);
  }
  return Status::Ok();
}

// --- Transactions ---------------------------------------------------------------------------

Status PerformanceProjection::Take(std::uint32_t shard, std::int64_t recorded_at,
                                   const v1::Transaction& transaction) {
  CooperativeState* cooperative = cooperatives_.Find(transaction.cooperative());
  if (cooperative == nullptr) {
    return Status::Corruption("a transaction of cooperative " +
                              std::to_string(transaction.cooperative()) +
                              ", which was not registered before");
  }
  const Date date = transaction.business_date();
  const std::int32_t offset = cooperative->InForce(date).attributes.utc_offset_minutes();
  // As the engine chose the chart that it checked the transaction by.
  const Date chart_date = std::min(date, LocalDate(recorded_at, offset));
  CooperativeVersion& version = cooperative->InForce(chart_date);
  if (version.chart == nullptr) {
    version.chart = charts_.Find(shard, version.attributes.chart());
    if (version.chart == nullptr) {
      return Status::Corruption("a transaction by chart " + version.attributes.chart() +
                                ", which was not published before");
    }
  }
  TransactionMeasure measure;
  MeasureTransaction(transaction, recorded_at, offset, version.chart->InForce(chart_date), measure);
  OutletDay& outlet = outlets_[{date, transaction.cooperative(), transaction.outlet()}];
  outlet.day.At(measure.hour, names_.Intern(transaction.channel()), names_).Add(measure.flow);
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
  cooperatives_.NoteFresh(*cooperative, recorded_at, transaction.occurred_at(), date);
  return Status::Ok();
}

Status PerformanceProjection::Apply(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Event& fact = event.event;
  if (fact.has_transaction_posted()) {
    return Take(event.shard, fact.recorded_at(), fact.transaction_posted().transaction());
  }
  if (fact.has_hold_captured()) {
    return Take(event.shard, fact.recorded_at(), fact.hold_captured().transaction());
  }
  if (fact.has_batch_posted()) {
    for (const v1::TransactionPosted& posted : fact.batch_posted().transactions()) {
      LUMBUNG_RETURN_IF_ERROR(Take(event.shard, fact.recorded_at(), posted.transaction()));
    }
    return Status::Ok();
  }
  if (fact.has_chart_published()) {
    charts_.Add(event.shard, fact.chart_published().chart());
  } else if (fact.has_cooperative_registered()) {
    cooperatives_.Add(fact.cooperative_registered().cooperative());
  } else if (fact.has_cooperative_changed()) {
    return ChangeCooperative(fact.cooperative_changed().cooperative(), rows);
  }
  return Status::Ok();
}

Status PerformanceProjection::FinishOutlets(const RowReader& rows, RowWriter& out) {
  std::vector<const std::pair<const OutletKey, OutletDay>*> changes;
  changes.reserve(outlets_.size());
  for (const auto& change : outlets_) {
    changes.push_back(&change);
  }
  std::sort(changes.begin(), changes.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  std::vector<std::string> keys;
  keys.reserve(changes.size());
  for (const auto* change : changes) {
    const OutletKey& key = change->first;
    keys.push_back(OutletDayKey(key.date, key.cooperative, key.outlet));
  }
  std::vector<RowCache::Value*> values;
  LUMBUNG_RETURN_IF_ERROR(cache_.Load(rows, keys, values));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& [key, change] = *changes[i];
    OutletDay day;
    if (values[i]->has_value()) {
      LUMBUNG_RETURN_IF_ERROR(day.AddEncoded(**values[i], names_));
    }
    day.Add(change, names_);
    *values[i] = day.Encode(names_);
    out.Put(keys[i], **values[i]);
    const CooperativeVersion& version = cooperatives_.Find(key.cooperative)->InForce(key.date);
    regions_.Add(version.day_region(), key.date, change.day, names_);
    if (!change.members.empty()) {
      regions_.AddMembers(version.place.in, key.date, change.members);
    }
  }
  outlets_.clear();
  return Status::Ok();
}

Status PerformanceProjection::Finish(const RowReader& rows, RowWriter& out) {
  charts_.Finish(out);
  cooperatives_.Finish(out);
  LUMBUNG_RETURN_IF_ERROR(FinishOutlets(rows, out));
  LUMBUNG_RETURN_IF_ERROR(regions_.Finish(rows, cache_, names_, out));
  cache_.Trim();
  return Status::Ok();
}

}  // namespace lumbung::performance
