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

#include "projections/audit/chart_shelf.h"
#include "projections/audit/cooperative_state.h"
#include "projections/audit/finding_book.h"
#include "projections/audit/posted.h"
#include "projections/audit/rules.h"
#include "projections/audit/shard_clock.h"
#include "projections/runtime/projection.h"

namespace lumbung::audit {

inline constexpr const char* kAuditName = "audit";

class AuditProjection final : public Projection {
 public:
  // The rules must outlive it.
  explicit AuditProjection(const Rules& rules = Rules::BuiltIn());

  ProjectionIdentity identity() const override;
  Status Open(const RowReader& rows) override;
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

  Status Take(const ProjectedEvent& event, const v1::Transaction& transaction,
              const v1::Posting& posting, const RowReader& rows);
  Status TakeAttestation(const ProjectedEvent& event, const RowReader& rows);
  void TakeCooperative(std::uint32_t shard, const v1::Cooperative& attributes);

  const Rules& rules_;
  ChartShelf charts_;
  FindingBook findings_;
  std::unordered_map<std::uint64_t, CooperativeState> cooperatives_;
  std::map<std::uint32_t, ShardClock> clocks_;
  std::map<std::uint32_t, DueQueue> due_;
  // Of the batch in hand; cooperatives once each.
  std::vector<CooperativeState*> changed_;
};

}  // namespace lumbung::audit
