#include "projections/audit/audit_projection.h"

#include <algorithm>

#include "projections/audit/balance_rules.h"
#include "projections/audit/keys.h"
#include "projections/audit/transaction_rules.h"
#include "projections/audit/watch_rules.h"

#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung::audit {

AuditProjection::AuditProjection(const Rules& rules)
    : rules_(rules), charts_(rules), findings_(rules) {}

ProjectionIdentity AuditProjection::identity() const { return {kAuditName, 1, rules_.identity()}; }

// --- Opening ------------------------------------------------------------------------------------

Status AuditProjection::OpenCooperatives(const RowReader& rows) {
  const auto versions = rows.Walk(RowPrefix(Row::kVersions));
  for (bool there = versions->Seek({}); there; there = versions->Next()) {
    v1::CooperativeRow row;
    const std::string_view bytes = versions->value();
    if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        row.versions().empty()) {
      return Status::Corruption("a cooperative's row of audit can't be read");
    }
    const auto number = LoadBigEndian<std::uint64_t>(versions->key().data() + 1);
    CooperativeState& cooperative = cooperatives_[number];
    cooperative.number = number;
    for (const v1::Cooperative& version : row.versions()) {
      cooperative.versions.push_back({version, nullptr});
    }
  }
  LUMBUNG_RETURN_IF_ERROR(versions->status());
  const auto state = rows.Walk(RowPrefix(Row::kState));
  for (bool there = state->Seek({}); there; there = state->Next()) {
    const auto found = cooperatives_.find(LoadBigEndian<std::uint64_t>(state->key().data() + 1));
    if (found == cooperatives_.end()) {
      return Status::Corruption("a cooperative is watched of which nothing else is known");
    }
    LUMBUNG_RETURN_IF_ERROR(found->second.Parse(state->value()));
  }
  return state->status();
}

Status AuditProjection::Open(const RowReader& rows) {
  LUMBUNG_RETURN_IF_ERROR(charts_.Open(rows));
  LUMBUNG_RETURN_IF_ERROR(findings_.Open(rows));
  LUMBUNG_RETURN_IF_ERROR(OpenCooperatives(rows));
  LUMBUNG_RETURN_IF_ERROR(transfers_.Open(rows));
  LUMBUNG_RETURN_IF_ERROR(references_.Open(rows));
  const auto clock = rows.Walk(RowPrefix(Row::kClock));
  for (bool there = clock->Seek({}); there; there = clock->Next()) {
    const Result<ShardClock> parsed = ShardClock::Parse(clock->value());
    LUMBUNG_RETURN_IF_ERROR(parsed.status());
    clocks_[LoadBigEndian<std::uint32_t>(clock->key().data() + 1)] = *parsed;
  }
  LUMBUNG_RETURN_IF_ERROR(clock->status());
  for (auto& [number, cooperative] : cooperatives_) {
    Arm(cooperative);
  }
  return Status::Ok();
}

// --- Time ---------------------------------------------------------------------------------------

void AuditProjection::Arm(CooperativeState& cooperative) {
  const std::int64_t next = cooperative.NextCheck(clocks_[cooperative.shard], rules_);
  if (next < cooperative.armed) {
    cooperative.armed = next;
    due_[cooperative.shard].emplace(next, cooperative.number);
  }
}

void AuditProjection::MarkChanged(CooperativeState& cooperative) {
  if (!cooperative.changed) {
    cooperative.changed = true;
    changed_.push_back(&cooperative);
  }
}

Status AuditProjection::Wake(std::uint32_t shard, const RowReader& rows) {
  const ShardClock& clock = clocks_[shard];
  const std::int64_t now = clock.now;
  const Desk desk = DeskOver(rows);
  DueQueue& due = due_[shard];
  while (!due.empty() && due.top().first <= now) {
    const auto [time, number] = due.top();
    due.pop();
    CooperativeState& cooperative = cooperatives_.at(number);
    if (cooperative.armed != time) {
      continue;  // armed for an earlier time since, and looked at then
    }
    cooperative.armed = kNever;
    MarkChanged(cooperative);
    LUMBUNG_RETURN_IF_ERROR(JudgeBalances(cooperative, now, desk));
    LUMBUNG_RETURN_IF_ERROR(JudgeWatches(cooperative, clock, desk));
    LUMBUNG_RETURN_IF_ERROR(instalments_.Judge(cooperative, now, desk));
    Arm(cooperative);
  }
  return transfers_.Wake(shard, clocks_, desk);
}

// --- Events -------------------------------------------------------------------------------------

void AuditProjection::TakeCooperative(std::uint32_t shard, const v1::Cooperative& attributes) {
  CooperativeState& cooperative = cooperatives_[attributes.cooperative()];
  cooperative.number = attributes.cooperative();
  cooperative.shard = shard;
  cooperative.versions.push_back({attributes, nullptr});
  cooperative.versions_changed = true;
  MarkChanged(cooperative);
  // Its clock may have changed.
  Arm(cooperative);
}

Status AuditProjection::TakeAttestation(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Attestation& attestation = event.event.attestation_recorded().attestation();
  if (attestation.kind() != kAcknowledgedKind) {
    return Status::Ok();
  }
  const std::optional<Uuid> id = ParseUuid(attestation.subject());
  if (!id) {
    return Status::Ok();
  }
  Acknowledgement acknowledgement;
  acknowledgement.command_id = event.event.attestation_recorded().command_id();
  acknowledgement.actor = event.event.actor();
  acknowledgement.event = {event.shard, event.event.sequence(), event.hash};
  acknowledgement.recorded_at = event.event.recorded_at();
  acknowledgement.cooperative = attestation.cooperative();
  acknowledgement.as_of = attestation.as_of();
  for (const v1::AttestedValue& value : attestation.values()) {
    acknowledgement.values.emplace_back(value.name(), value.value());
  }
  acknowledgement.document_digest = attestation.document_digest();
  return findings_.Acknowledge(*id, std::move(acknowledgement), rows);
}

CooperativeState* AuditProjection::Find(std::uint64_t number) {
  const auto found = cooperatives_.find(number);
  return found == cooperatives_.end() ? nullptr : &found->second;
}

Status AuditProjection::Take(const ProjectedEvent& event, const v1::Transaction& transaction,
                             const v1::Posting& posting, const RowReader& rows) {
  CooperativeState* known = Find(transaction.cooperative());
  if (known == nullptr) {
    return Status::Corruption("a transaction of cooperative " +
                              std::to_string(transaction.cooperative()) +
                              ", which was not registered before");
  }
  CooperativeState& cooperative = *known;
  const std::int64_t recorded_at = event.event.recorded_at();
  const Date date = transaction.business_date();
  const std::int32_t offset = cooperative.InForce(date).attributes.utc_offset_minutes();
  const Date today = LocalDate(recorded_at, offset);
  // As the engine chose the chart that it checked the transaction by.
  const Date chart_date = std::min(date, today);
  CooperativeVersion& version = cooperative.InForce(chart_date);
  if (version.chart == nullptr) {
    version.chart = charts_.Find(event.shard, version.attributes.chart());
    if (version.chart == nullptr) {
      return Status::Corruption("a transaction by chart " + version.attributes.chart() +
                                ", which was not published before");
    }
  }
  const AuditChart& chart = version.chart->InForce(chart_date);
  const Posted posted{.transaction = transaction,
                      .posting = posting,
                      .cooperative = cooperative,
                      .chart = chart,
                      .kind = chart.chart().FindKind(transaction.kind()),
                      .recorded_at = recorded_at,
                      .utc_offset_minutes = offset,
                      .today = today,
                      .event = {event.shard, event.event.sequence(), event.hash}};
  const Desk desk = DeskOver(rows);
  AddToBalances(posted);
  LUMBUNG_RETURN_IF_ERROR(LookAtTransaction(posted, desk));
  LUMBUNG_RETURN_IF_ERROR(AddToUnsettled(posted, desk));
  LUMBUNG_RETURN_IF_ERROR(transfers_.Take(posted, clocks_, desk));
  LUMBUNG_RETURN_IF_ERROR(cash_days_.Take(posted, desk));
  if (rules_.IsOn(RuleId::kDuplicateReference)) {
    references_.Take(posted, rules_);
  }
  if (transaction.has_loan_repayment()) {
    const v1::LoanRepayment& paid = transaction.loan_repayment();
    LUMBUNG_RETURN_IF_ERROR(instalments_.Pay(cooperative, paid.loan(), paid.instalments(),
                                             posted.is_reversal(), today, recorded_at, desk));
  }
  return Hear(event, transaction, false, rows);
}

Status AuditProjection::Hear(const ProjectedEvent& event, const v1::Transaction& transaction,
                             bool refused, const RowReader& rows) {
  CooperativeState* cooperative = Find(transaction.cooperative());
  if (cooperative == nullptr) {
    return Status::Ok();
  }
  const ShardClock& clock = clocks_[event.shard];
  const std::int32_t offset =
      cooperative->InForce(transaction.business_date()).attributes.utc_offset_minutes();
  const Heard heard{.cooperative = *cooperative,
                    .transaction = transaction,
                    .clock = clock,
                    .today = LocalDate(clock.now, offset),
                    .event = {event.shard, event.event.sequence(), event.hash},
                    .refused = refused};
  MarkChanged(*cooperative);
  LUMBUNG_RETURN_IF_ERROR(HearOutletAndDevice(heard, DeskOver(rows)));
  Arm(*cooperative);
  return Status::Ok();
}

Status AuditProjection::TakeRejected(const ProjectedEvent& event, const v1::Command& command,
                                     const RowReader& rows) {
  if (command.has_post()) {
    return Hear(event, command.post(), true, rows);
  }
  if (command.has_hold()) {
    return Hear(event, command.hold().transaction(), true, rows);
  }
  if (command.has_capture()) {
    return Hear(event, command.capture().transaction(), true, rows);
  }
  for (const v1::Transaction& transaction : command.post_batch().transactions()) {
    LUMBUNG_RETURN_IF_ERROR(Hear(event, transaction, true, rows));
  }
  return Status::Ok();
}

Status AuditProjection::TakeHolder(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Holder& holder = event.event.holder_changed().holder();
  CooperativeState* cooperative = Find(holder.cooperative());
  if (cooperative == nullptr || holder.holder_class() != "outlet" ||
      holder.status() != v1::Holder::CLOSED) {
    return Status::Ok();
  }
  MarkChanged(*cooperative);
  return ForgetOutlet(*cooperative, holder.number(), event.event.recorded_at(), DeskOver(rows));
}

Status AuditProjection::TakeLoan(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Event& fact = event.event;
  const std::uint64_t number = fact.has_loan_granted() ? fact.loan_granted().loan().cooperative()
                               : fact.has_loan_schedule_replaced()
                                   ? fact.loan_schedule_replaced().schedule().cooperative()
                                   : fact.loan_payment_reported().payment().cooperative();
  CooperativeState* cooperative = Find(number);
  if (cooperative == nullptr || !rules_.IsOn(RuleId::kInstalmentUnfunded)) {
    return Status::Ok();
  }
  const std::int64_t now = fact.recorded_at();
  const Date today = LocalDate(now, cooperative->versions.back().attributes.utc_offset_minutes());
  const Evidence evidence{event.shard, fact.sequence(), event.hash};
  const Desk desk = DeskOver(rows);
  MarkChanged(*cooperative);
  if (fact.has_loan_granted()) {
    LUMBUNG_RETURN_IF_ERROR(
        instalments_.Grant(*cooperative, fact.loan_granted().loan(), today, evidence, desk));
  } else if (fact.has_loan_schedule_replaced()) {
    LUMBUNG_RETURN_IF_ERROR(instalments_.Replace(
        *cooperative, fact.loan_schedule_replaced().schedule(), today, evidence, desk));
  } else {
    const v1::LoanPayment& paid = fact.loan_payment_reported().payment();
    LUMBUNG_RETURN_IF_ERROR(instalments_.Pay(*cooperative, paid.loan(), paid.instalments(),
                                             !paid.reverses().empty(), today, now, desk));
  }
  Arm(*cooperative);
  return Status::Ok();
}

Status AuditProjection::TakeBody(const ProjectedEvent& event, const RowReader& rows) {
  const v1::Event& fact = event.event;
  if (fact.has_transaction_posted()) {
    const v1::TransactionPosted& posted = fact.transaction_posted();
    return Take(event, posted.transaction(), posted.posting(), rows);
  }
  if (fact.has_hold_captured()) {
    const v1::HoldCaptured& captured = fact.hold_captured();
    return Take(event, captured.transaction(), captured.posting(), rows);
  }
  if (fact.has_batch_posted()) {
    for (const v1::TransactionPosted& posted : fact.batch_posted().transactions()) {
      LUMBUNG_RETURN_IF_ERROR(Take(event, posted.transaction(), posted.posting(), rows));
    }
  } else if (fact.has_transaction_held()) {
    return Hear(event, fact.transaction_held().transaction(), false, rows);
  } else if (fact.has_command_rejected()) {
    return TakeRejected(event, fact.command_rejected().command(), rows);
  } else if (fact.has_attestation_recorded()) {
    return TakeAttestation(event, rows);
  } else if (fact.has_chart_published()) {
    charts_.Add(event.shard, fact.chart_published().chart());
  } else if (fact.has_cooperative_registered()) {
    TakeCooperative(event.shard, fact.cooperative_registered().cooperative());
  } else if (fact.has_cooperative_changed()) {
    TakeCooperative(event.shard, fact.cooperative_changed().cooperative());
  } else if (fact.has_holder_changed()) {
    return TakeHolder(event, rows);
  } else if (fact.has_loan_granted() || fact.has_loan_schedule_replaced() ||
             fact.has_loan_payment_reported()) {
    return TakeLoan(event, rows);
  } else if (fact.has_ledger_created()) {
    clocks_[event.shard].shards = fact.ledger_created().shards();
  }
  return Status::Ok();
}

Status AuditProjection::Apply(const ProjectedEvent& event, const RowReader& rows) {
  const std::int64_t recorded_at = event.event.recorded_at();
  period_ = References::PeriodOf(recorded_at, rules_);
  clocks_[event.shard].MoveTo(recorded_at, rules_.outlet_silent.ledger_quiet_hours * kMicrosInHour);
  LUMBUNG_RETURN_IF_ERROR(Wake(event.shard, rows));
  return TakeBody(event, rows);
}

// --- The end of a batch -------------------------------------------------------------------------

Date AuditProjection::CashHorizon() const {
  std::int64_t earliest = kNever;
  std::uint32_t shards = 0;
  for (const auto& [shard, clock] : clocks_) {
    earliest = std::min(earliest, clock.now);
    shards = std::max(shards, clock.shards);
  }
  if (shards == 0 || clocks_.size() < shards) {
    return 0;
  }
  // Local days are off by one at most.
  return AddDays(LocalDate(earliest, 0), -rules_.large_cash.window_days - 2);
}

Status AuditProjection::Finish(const RowReader& rows, RowWriter& out) {
  charts_.Finish(out);
  std::sort(changed_.begin(), changed_.end(),
            [](const auto* a, const auto* b) { return a->number < b->number; });
  for (CooperativeState* cooperative : changed_) {
    if (cooperative->versions_changed) {
      v1::CooperativeRow row;
      for (const CooperativeVersion& version : cooperative->versions) {
        *row.add_versions() = version.attributes;
      }
      out.Put(CooperativeKey(Row::kVersions, cooperative->number), row.SerializeAsString());
      cooperative->versions_changed = false;
    }
    out.Put(CooperativeKey(Row::kState, cooperative->number), cooperative->Encode());
    cooperative->changed = false;
  }
  changed_.clear();
  for (const auto& [shard, clock] : clocks_) {
    out.Put(ClockKey(shard), clock.Encode());
  }
  LUMBUNG_RETURN_IF_ERROR(references_.Finish(DeskOver(rows), out));
  transfers_.Finish(out);
  instalments_.Finish(out);
  LUMBUNG_RETURN_IF_ERROR(cash_days_.Finish(CashHorizon(), rows, out));
  return findings_.Finish(out);
}

}  // namespace lumbung::audit
