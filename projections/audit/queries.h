// Questions about findings, answered out of the rows of a view. Thread-safe: they share nothing.
//
//   const audit::Queries queries(*view);            // rules as the rows were built with
//   audit::FindingFilter filter;
//   filter.cooperative = 20417;
//   Result<audit::FindingPage> page = queries.List(filter, 100);
//
// Who is asked for findings of one cooperative puts it into the filter, and compares it with that
// of One(): policy is the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/base/uuid.h"
#include "projections/audit/acknowledgement.h"
#include "projections/audit/explain.h"
#include "projections/audit/finding.h"
#include "projections/audit/finding_book.h"
#include "projections/audit/rules.h"
#include "projections/regions/region_code.h"
#include "projections/runtime/rows.h"

namespace lumbung::audit {

// What is not set is not asked for.
struct FindingFilter {
  std::optional<std::string> rule;
  Severity at_least = Severity::kNotice;
  // 0: those of more than one, or of the ledger.
  std::optional<std::uint64_t> cooperative;
  // Of cooperatives that lie there at a time, in microseconds since 1970 UTC.
  std::optional<RegionCode> region;
  std::int64_t now = 0;
  std::optional<bool> acknowledged;
  std::optional<bool> resolved;
  // found_at, microseconds since 1970 UTC: from the first, before the second.
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> before;
  bool newest_first = true;
};

// A finding as it is shown.
struct ShownFinding {
  Finding finding;
  std::string title_id;
  std::string title_en;
  std::string text_id;
  std::string text_en;
  bool acknowledged = false;
  // Those that count for it, the first first.
  std::vector<Acknowledgement> acknowledgements;
};

struct FindingPage {
  std::vector<ShownFinding> findings;
  // Where the next page begins; empty: this was the last. May be set where this page is empty:
  // a page ends after so many rows that the filter left out.
  std::string next;
};

struct CountedRule {
  std::string rule;
  Severity severity = Severity::kNotice;
  std::string title_id;
  std::string title_en;
  RuleCounts counts;
};

class Queries {
 public:
  // Rows that a page looks at, at most.
  static constexpr std::size_t kMostLooks = 10'000;
  static constexpr std::size_t kMostPage = 1'000;

  // Both must outlive it.
  explicit Queries(const RowReader& rows, const Rules& rules = Rules::BuiltIn())
      : rows_(rows), rules_(rules) {}

  // By found_at, from where a page ended (`next`, opaque) or from the beginning. A cursor stays
  // good while findings come, and goes with any filter. InvalidArgument: page of 0 or more than
  // kMostPage, a rule that there is none, a cursor that is none.
  Result<FindingPage> List(const FindingFilter& filter, std::size_t page,
                           std::string_view cursor = {}) const;
  // NotFound where there is none.
  Result<ShownFinding> One(const Uuid& id) const;
  // Of every rule that can find something in events, in the order of rules.toml.
  Result<std::vector<CountedRule>> Counts() const;

 private:
  const RowReader& rows_;
  const Rules& rules_;
};

}  // namespace lumbung::audit
