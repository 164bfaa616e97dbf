// Charts of accounts as their shards published them, and what the rules look for in each version.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/base/status.h"
#include "engine/domain/chart.h"
#include "projections/audit/rules.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/chart.pb.h"

namespace lumbung::audit {

namespace v1 = ledger::v1;

// What the rules want to know of a code.
struct CodeUse {
  // Its balance may not be negative by this rule.
  bool negative = false;
  RuleId negative_rule = RuleId::kNegativeCash;
  std::int32_t grace_days = 0;
  bool qris = false;
  // Instalments are taken from it.
  bool funding = false;
  bool rounding = false;
  bool cash = false;
  // Its holders are other cooperatives.
  bool between = false;
  bool grows_by_credit = false;

  bool any() const { return negative || qris || funding || rounding || cash || between; }
};

// One complete version. Constant after construction.
class AuditChart {
 public:
  AuditChart(v1::Chart complete, const Rules& rules);

  const Chart& chart() const { return chart_; }
  const CodeUse& UseOf(std::uint32_t code) const {
    const auto found = uses_.find(code);
    return found == uses_.end() ? none_ : found->second;
  }

 private:
  Chart chart_;
  const CodeUse none_;
  std::unordered_map<std::uint32_t, CodeUse> uses_;
};

// The versions of one chart in one shard. References stay valid as versions are added.
class ChartLine {
 public:
  // The version in force on a day: the latest that is effective by then, else the first.
  // REQUIRES: there is one
  const AuditChart& InForce(Date date) const;

 private:
  friend class ChartShelf;

  std::deque<AuditChart> versions_;
};

// One thread at a time.
class ChartShelf {
 public:
  // The rules must outlive it.
  explicit ChartShelf(const Rules& rules) : rules_(rules) {}

  Status Open(const RowReader& rows);
  void Add(std::uint32_t shard, const v1::Chart& chart);
  // Null where the shard has published no such chart. Stays valid.
  const ChartLine* Find(std::uint32_t shard, std::string_view name) const;
  void Finish(RowWriter& out);

 private:
  const Rules& rules_;
  std::map<std::pair<std::uint32_t, std::string>, ChartLine> charts_;
  // Rows that changed.
  std::map<std::string, std::string> changed_;
};

}  // namespace lumbung::audit
