#include "projections/audit/chart_shelf.h"

#include <algorithm>

#include "projections/audit/keys.h"

namespace lumbung::audit {
namespace {

constexpr std::string_view kCooperativeClass = "cooperative";

bool Names(const std::vector<std::uint32_t>& codes, std::uint32_t code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void UseNegative(CodeUse& use, RuleId rule, const NegativeBalanceRule& parameters) {
  use.negative = true;
  use.negative_rule = rule;
  use.grace_days = parameters.grace_days;
}

CodeUse UseOfCode(const v1::AccountCode& code, const Rules& rules) {
  CodeUse use;
  const std::uint32_t number = code.code();
  if (rules.IsOn(RuleId::kNegativeCash) &&
      (code.cash() || Names(rules.negative_cash.codes, number))) {
    UseNegative(use, RuleId::kNegativeCash, rules.negative_cash);
  } else if (rules.IsOn(RuleId::kNegativeStock) && Names(rules.negative_stock.codes, number)) {
    UseNegative(use, RuleId::kNegativeStock, rules.negative_stock);
  } else if (rules.IsOn(RuleId::kNegativeFloat) && Names(rules.negative_float.codes, number)) {
    UseNegative(use, RuleId::kNegativeFloat, rules.negative_float);
  }
  use.qris = rules.IsOn(RuleId::kQrisUnsettled) && Names(rules.qris.codes, number);
  use.funding = rules.IsOn(RuleId::kInstalmentUnfunded) && Names(rules.instalments.codes, number);
  use.rounding = rules.IsOn(RuleId::kRounding) && Names(rules.rounding.codes, number);
  use.cash = code.cash() && rules.IsOn(RuleId::kLargeCash);
  use.between = code.holder_class() == kCooperativeClass && rules.IsOn(RuleId::kTransferUnmatched);
  use.grows_by_credit = code.grows_by() == v1::CREDIT;
  return use;
}

}  // namespace

AuditChart::AuditChart(v1::Chart complete, const Rules& rules) : chart_(std::move(complete)) {
  for (const v1::AccountCode& code : chart_.proto().codes()) {
    if (const CodeUse use = UseOfCode(code, rules); use.any()) {
      uses_[code.code()] = use;
    }
  }
}

const AuditChart& ChartLine::InForce(Date date) const {
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    if (version->chart().effective_date() <= date) {
      return *version;
    }
  }
  return versions_.front();
}

Status ChartShelf::Open(const RowReader& rows) {
  const auto row = rows.Walk(RowPrefix(Row::kChart));
  // Versions ascend.
  for (bool there = row->Seek({}); there; there = row->Next()) {
    v1::Chart chart;
    if (!chart.ParseFromArray(row->value().data(), static_cast<int>(row->value().size()))) {
      return Status::Corruption("a chart's row of audit can't be read");
    }
    const auto shard = LoadBigEndian<std::uint32_t>(row->key().data() + 1);
    ChartLine& line = charts_[{shard, chart.name()}];
    line.versions_.emplace_back(std::move(chart), rules_);
  }
  return row->status();
}

void ChartShelf::Add(std::uint32_t shard, const v1::Chart& chart) {
  ChartLine& line = charts_[{shard, chart.name()}];
  const bool is_complete = chart.base_version() == 0 || line.versions_.empty();
  v1::Chart complete =
      is_complete ? chart : MergeChart(line.versions_.back().chart().proto(), chart);
  changed_[ChartKey(shard, chart.name(), chart.version())] = complete.SerializeAsString();
  line.versions_.emplace_back(std::move(complete), rules_);
}

const ChartLine* ChartShelf::Find(std::uint32_t shard, std::string_view name) const {
  const auto found = charts_.find(std::pair(shard, std::string(name)));
  return found == charts_.end() ? nullptr : &found->second;
}

void ChartShelf::Finish(RowWriter& out) {
  for (const auto& [key, value] : changed_) {
    out.Put(key, value);
  }
  changed_.clear();
}

}  // namespace lumbung::audit
