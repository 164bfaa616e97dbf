// Charts of accounts as their shards published them, made ready for what performance asks.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/chart.pb.h"

namespace lumbung::performance {

namespace v1 = ledger::v1;

struct KindRule {
  bool turnover = false;
  // Closes a year or period, or corrects: no business of the day.
  bool closing = false;
  bool bookkeeping = false;
  bool intercept = false;
  bool repayment = false;
};

struct CodeRule {
  // Income or expense: its credits less its debits are surplus.
  bool surplus = false;
  bool income = false;
  bool member_sales = false;
  // Holders are members.
  bool member = false;
  // Its balance is kept; which way it grows.
  bool balance = false;
  bool grows_by_debit = false;
  // Principal or interest that the cooperative owes.
  bool repayment = false;
  bool bank = false;
};

// One complete version. Constant after construction.
class ChartRules {
 public:
  explicit ChartRules(const v1::Chart& chart);

  Date effective_date() const { return effective_date_; }
  // Of a name or code that the chart does not list: nothing applies.
  const KindRule& Kind(std::string_view name) const;
  const CodeRule& Code(std::uint32_t code) const;

 private:
  Date effective_date_ = 0;
  // Keys of kinds_ point into it.
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, KindRule> kinds_;
  std::unordered_map<std::uint32_t, CodeRule> codes_;
};

// The versions of one chart in one shard. References stay valid as versions are added.
class ChartLine {
 public:
  // The version in force on a day: the latest that is effective by then, else the first.
  // REQUIRES: there is one
  const ChartRules& InForce(Date date) const;

 private:
  friend class ChartShelf;

  std::deque<ChartRules> versions_;
  v1::Chart latest_;
};

// One thread at a time.
class ChartShelf {
 public:
  Status Open(const RowReader& rows);
  void Add(std::uint32_t shard, const v1::Chart& chart);
  // Null where the shard has published no such chart. Stays valid.
  const ChartLine* Find(std::uint32_t shard, std::string_view name) const;
  void Finish(RowWriter& out);

 private:
  std::map<std::pair<std::uint32_t, std::string>, ChartLine, std::less<>> charts_;
  // Rows that changed.
  std::map<std::string, std::string> changed_;
};

}  // namespace lumbung::performance
