// The continuous audit: rules (rules.toml) look at every event, and what they find is kept with its
// evidence and what people said of it. queries.h asks, docs/AUDIT.md says what is looked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "projections/audit/cash_days.h"
#include "projections/audit/chart_shelf.h"
#include "projections/audit/cooperative_state.h"
#include "projections/audit/finding_book.h"
#include "projections/audit/instalments.h"
#include "projections/audit/posted.h"
#include "projections/audit/references.h"
#include "projections/audit/rules.h"
#include "projections/audit/shard_clock.h"
#include "projections/audit/transfers.h"
#include "projections/runtime/projection.h"

namespace lumbung::audit {

inline constexpr const char* kAuditName = "audit";

class AuditProjection final : public Projection {
 public:
  // The rules must outlive it.
  explicit AuditProjection(const Rules& rules = Rules::BuiltIn());

  ProjectionIdentity identity() const override;
  Status Open(const RowReader& rows) override;
  // Where another period of what is remembered begins.
  bool NeedsCommitBefore(const v1::Event& event) const override {
    return References::PeriodOf(event.recorded_at(), rules_) != period_;
  }
  // A cooperative's row is written once a batch, however many of its events are in it.
  std::size_t batch_scale() const override { return 8; }
  Status Apply(const ProjectedEvent& event, const RowReader& rows) override;
  Status Finish(const RowReader& rows, RowWriter& out) override;

 private:
  // Time and number of a cooperative that is to be looked at then, the earliest first.
  using Due = std::pair<std::int64_t, std::uint64_t>;
  using DueQueue = std::priority_queue<Due, std::vector<Due>, std::greater<>>;

  Desk DeskOver(const RowReader& rows) { return {rules_, findings_, rows}; }
  Status OpenCooperatives(const RowReader& rows);
  // Looks at what is due at the shard's time.
  Status Wake(std::uint32_t shard, const RowReader& rows);
  void Arm(CooperativeState& cooperative);
  void MarkChanged(CooperativeState& cooperative);

  // Null where it was not registered.
  CooperativeState* Find(std::uint64_t number);
  Status TakeBody(const ProjectedEvent& event, const RowReader& rows);
  Status Take(const ProjectedEvent& event, const v1::Transaction& transaction,
              const v1::Posting& posting, const RowReader& rows);
  // What was held or refused comes from a device all the same.
  Status Hear(const ProjectedEvent& event, const v1::Transaction& transaction, bool refused,
              const RowReader& rows);
  Status TakeRejected(const ProjectedEvent& event, const v1::Command& command,
                      const RowReader& rows);
  Status TakeAttestation(const ProjectedEvent& event, const RowReader& rows);
  void TakeCooperative(std::uint32_t shard, const v1::Cooperative& attributes);
  Status TakeHolder(const ProjectedEvent& event, const RowReader& rows);
  Status TakeLoan(const ProjectedEvent& event, const RowReader& rows);
  // Days before it can have no more cash; 0: not known.
  Date CashHorizon() const;

  const Rules& rules_;
  ChartShelf charts_;
  FindingBook findings_;
  std::unordered_map<std::uint64_t, CooperativeState> cooperatives_;
  Transfers transfers_;
  CashDays cash_days_;
  References references_;
  Instalments instalments_;
  ShardClocks clocks_;
  std::map<std::uint32_t, DueQueue> due_;
  // Of the batch in hand; cooperatives once each.
  std::vector<CooperativeState*> changed_;
  std::uint32_t period_ = 0;
};

}  // namespace lumbung::audit
