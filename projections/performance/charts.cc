#include "projections/performance/charts.h"

#include <algorithm>

#include "engine/domain/chart.h"
#include "projections/performance/keys.h"
#include "projections/performance/rules.h"

namespace lumbung::performance {
namespace {

template <typename Codes>
bool IsIn(std::uint32_t code, const Codes& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// What an instalment pays: what is owed, or the interest of the day.
bool IsRepayment(const v1::AccountCode& code) {
  const bool owed =
      code.class_() == v1::AccountCode::LIABILITY || code.class_() == v1::AccountCode::EXPENSE;
  return owed && (code.component() == v1::PRINCIPAL || code.component() == v1::INTEREST);
}

}  // namespace

ChartRules::ChartRules(const v1::Chart& chart) : effective_date_(chart.effective_date()) {
  for (const v1::Kind& kind : chart.kinds()) {
    kinds_[names_.emplace_back(kind.name())] = {.turnover = kind.turnover(),
                                                .closing = kind.closing(),
                                                .bookkeeping = kind.closing() || kind.adjustment(),
                                                .intercept = kind.name() == kInterceptKind,
                                                .repayment = kind.name() == kRepaymentKind};
  }
  for (const v1::AccountCode& code : chart.codes()) {
    const bool income = code.class_() == v1::AccountCode::INCOME;
    codes_[code.code()] = {.surplus = income || code.class_() == v1::AccountCode::EXPENSE,
                           .income = income,
                           .member_sales = IsIn(code.code(), kMemberSalesCodes),
                           .member = code.holder_class() == kMemberClass,
                           .balance = IsIn(code.code(), kBalanceCodes),
                           .grows_by_debit = code.grows_by() == v1::DEBIT,
                           .repayment = IsRepayment(code),
                           .bank = IsIn(code.code(), kBankCodes)};
  }
}

const KindRule& ChartRules::Kind(std::string_view name) const {
  static const KindRule kNone;
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? kNone : found->second;
}

const CodeRule& ChartRules::Code(std::uint32_t code) const {
  static const CodeRule kNone;
  const auto found = codes_.find(code);
  return found == codes_.end() ? kNone : found->second;
}

const ChartRules& ChartLine::InForce(Date date) const {
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    if (version->effective_date() <= date) {
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
      return Status::Corruption("a chart's row of performance can't be read");
    }
    const auto shard = LoadBigEndian<std::uint32_t>(row->key().data() + 1);
    ChartLine& line = charts_[{shard, chart.name()}];
    line.versions_.emplace_back(chart);
    line.latest_ = std::move(chart);
  }
  return row->status();
}

void ChartShelf::Add(std::uint32_t shard, const v1::Chart& chart) {
  ChartLine& line = charts_[{shard, chart.name()}];
  line.latest_ = chart.base_version() == 0 ? chart : MergeChart(line.latest_, chart);
  line.versions_.emplace_back(line.latest_);
  changed_[ChartKey(shard, chart.name(), chart.version())] = line.latest_.SerializeAsString();
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

}  // namespace lumbung::performance
