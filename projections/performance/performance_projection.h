// National performance: what outlets, cooperatives and regions came to by business day and hour.
// README.md says what each figure counts; queries.h asks for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "projections/performance/charts.h"
#include "projections/performance/cooperatives.h"
#include "projections/performance/loan_book.h"
#include "projections/performance/loan_events.h"
#include "projections/performance/name_table.h"
#include "projections/performance/outlet_day.h"
#include "projections/performance/pending.h"
#include "projections/performance/region_days.h"
#include "projections/performance/row_cache.h"
#include "projections/performance/stock_series.h"
#include "projections/performance/transaction_measure.h"
#include "projections/regions/regions.h"
#include "projections/runtime/projection.h"

#include "lumbung/ledger/v1/transaction.pb.h"

namespace lumbung::performance {

inline constexpr const char* kPerformanceName = "performance";

class PerformanceProjection final : public Projection {
 public:
  // What rows that are written again and again may take in memory.
  static constexpr std::size_t kCacheBytes = std::size_t{256} << 20;

  // The list of regions must outlive it.
  explicit PerformanceProjection(const Regions& regions = Regions::BuiltIn(),
                                 std::size_t cache_bytes = kCacheBytes);

  ProjectionIdentity identity() const override;
  Status Open(const RowReader& rows) override;
  // Before a cooperative or a chart changes, which say how to take the transactions before; before
  // a cooperative moves, and before a loan is told of that the batch in hand has told of: both look
  // at rows.
  bool NeedsCommitBefore(const v1::Event& event) const override;
  // Outlets and cooperatives come again and again.
  std::size_t batch_scale() const override { return 8; }
  Status Apply(const ProjectedEvent& event, const RowReader& rows) override;
  Status Finish(const RowReader& rows, RowWriter& out) override;

 private:
  // A batch has no more entries than about so many.
  static constexpr std::size_t kMostEntries = 4'000'000;

  // What the batch changes of an outlet's day.
  struct OutletChange {
    Date date = 0;
    std::uint64_t outlet = 0;
    OutletDay day;
  };

  // Whether a change takes a cooperative to another region that keeps days.
  bool Moves(const v1::Cooperative& changed) const;
  // Corruption where it was not registered.
  Result<CooperativeState*> Known(std::uint64_t number);
  Status TakeFact(const ProjectedEvent& event, const RowReader& rows);
  Status TakeLoan(const v1::Event& fact, const RowReader& rows);
  Status Register(const v1::Cooperative& attributes, const RowReader& rows);
  // Moves what a cooperative has posted from where it was to where it is.
  Status MoveDays(const CooperativeState& before, const CooperativeState& after, Date since,
                  const RowReader& rows);
  Status MoveMembers(RegionCode from, RegionCode to, Date date, const MemberSketch& members,
                     const RowReader& rows);
  // Members active on a day in cooperatives that count in the region then.
  Result<MemberSketch> MembersIn(RegionCode region, Date date, const RowReader& rows);
  Result<OutletDay> DayOf(std::uint64_t cooperative, Date date, const RowReader& rows);

  // Of the cooperative in hand.
  OutletDay& ChangeOf(Date date, std::uint64_t outlet);
  Status Take(CooperativeState& cooperative, const Posted& posted);
  void Confirm(CooperativeState& cooperative, std::uint32_t code, Date date);
  Status WriteOutlets(const CooperativeState& cooperative, const RowReader& rows, RowWriter& out);
  Status TakePending(const RowReader& rows, RowWriter& out);
  void NoteActive(CooperativeState& cooperative, std::uint64_t outlet, Date date);
  void NoteBank(CooperativeState& cooperative, std::uint32_t code, Date date);
  void TakeOutlet(CooperativeState& cooperative, const v1::Holder& outlet);
  void TakeConfirmation(const v1::Attestation& attestation);

  const Regions& regions_list_;
  ChartShelf charts_;
  Cooperatives cooperatives_;
  NameTable names_;
  RowCache cache_;

  // Changes of the batch in hand.
  Pending pending_;
  RegionDays regions_;
  StockSeries series_;
  LoanBook loans_;
  LoanEvents loan_events_;
  // Of the cooperative in hand.
  std::vector<OutletChange> changes_;
  // Of the transaction in hand.
  TransactionMeasure measure_;
};

}  // namespace lumbung::performance
