// A projection as small as they get: what each account comes to, by MergedRows, and a row that
// depends on the order of a shard's events.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "projections/runtime/merged_rows.h"
#include "projections/runtime/projection.h"

namespace lumbung {

class SumsProjection final : public Projection {
 public:
  explicit SumsProjection(std::uint32_t version = 1, std::string name = "sums")
      : name_(std::move(name)), version_(version) {}

  ProjectionIdentity identity() const override { return {name_, version_, "rules 1"}; }
  Status Open(const RowReader& rows) override;
  // Before attestations, so that applying one sees all rows.
  bool NeedsCommitBefore(const v1::Event& event) const override {
    return event.has_attestation_recorded();
  }
  Status Apply(const ProjectedEvent& event, const RowReader& rows) override;
  Status Finish(const RowReader& rows, RowWriter& out) override;

  // Debits less credits.
  static std::int64_t SumOf(const RowReader& rows, std::uint64_t cooperative, std::uint32_t code,
                            std::uint64_t holder);
  // What the last attestation saw account 1:1101 come to.
  static std::string Seen(const RowReader& rows);

 private:
  struct Change {
    std::int64_t sum = 0;
    Status MergeInto(std::optional<std::string>& value) const;
  };

  const std::string name_;
  const std::uint32_t version_;
  MergedRows<Change> sums_;
  // By shard: a hash over the hashes of its events.
  std::map<std::uint32_t, Hash> order_;
  std::optional<std::string> seen_;
};

}  // namespace lumbung
