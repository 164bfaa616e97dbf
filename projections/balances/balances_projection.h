// What every account, cooperative and region comes to, by day and by sequence: rows in keys.h,
// questions in account_queries.h and book_queries.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "projections/balances/account_book.h"
#include "projections/balances/dated_series.h"
#include "projections/balances/reference_data.h"
#include "projections/balances/transaction_rows.h"
#include "projections/runtime/projection.h"

namespace lumbung {

inline constexpr const char* kBalancesName = "balances";

class BalancesProjection final : public Projection {
 public:
  // What is posted to in a day by 80,000 cooperatives, each with some ten codes.
  static constexpr std::size_t kDefaultAccounts = 1'000'000;

  // Remembers so many accounts between batches, some 500 bytes each, and as many series of
  // cooperatives and of regions, some 200 bytes each.
  explicit BalancesProjection(std::size_t most_accounts = kDefaultAccounts);

  ProjectionIdentity identity() const override { return {kBalancesName, 1, ""}; }
  Status Open(const RowReader& rows) override;
  // A cooperative that moves takes what is in its rows along.
  bool NeedsCommitBefore(const v1::Event& event) const override {
    return event.has_cooperative_changed();
  }
  // Of many cooperatives the same rows come again only after a while: few large batches write less.
  std::size_t batch_scale() const override { return 8; }
  Status Apply(const ProjectedEvent& event, const RowReader& rows) override;
  Status Finish(const RowReader& rows, RowWriter& out) override;

 private:
  // Entries are counted over all transactions of an event.
  Status Post(const ProjectedEvent& event, const v1::Transaction& transaction,
              const v1::Posting& posting, std::uint16_t& entries, const RowReader& rows);
  Status ChangeCooperative(std::uint32_t shard, const v1::Cooperative& version,
                           const RowReader& rows);
  // Moves what a cooperative comes to from a day on from one village to another.
  Status Move(std::uint64_t cooperative, Date from, const std::string& old_region,
              const std::string& new_region, const RowReader& rows);
  // Sums the changes of cooperatives up to their regions.
  void SumRegions();
  void AddToRegion(std::string_view region, std::string_view code, Date date, const Totals& change);

  AccountBook accounts_;
  SeriesTable cooperatives_;
  SeriesTable regions_;
  TransactionRows transactions_;
  ReferenceData reference_;
  // By shard: when its last event was recorded, which that was, and whether the row knows.
  struct Time {
    std::int64_t recorded_at = 0;
    std::uint64_t sequence = 0;
  };
  std::map<std::uint32_t, Time> last_times_;
  std::vector<std::pair<std::string, std::uint64_t>> times_;
  std::vector<std::string> references_;
};

}  // namespace lumbung
