#include "engine/exporters/hledger.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "engine/base/check.h"
#include "engine/base/decimal.h"

namespace lumbung {
namespace {

std::string FormatDay(Date date) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date / 10'000, date / 100 % 100,
                date % 100);
  return text.data();
}

// hledger's account type: it then knows balance sheet, income statement and cash flow.
std::string_view TypeOf(const v1::AccountCode& code) {
  switch (code.class_()) {
    case v1::AccountCode::ASSET:
      return code.cash() ? "C" : "A";
    case v1::AccountCode::LIABILITY:
      return "L";
    case v1::AccountCode::EQUITY:
      return "E";
    case v1::AccountCode::INCOME:
      return "R";
    case v1::AccountCode::EXPENSE:
      return "X";
    case v1::AccountCode::CLASS_UNSPECIFIED:
    case v1::AccountCode_Class_AccountCode_Class_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::AccountCode_Class_AccountCode_Class_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return {};
}

// A chart's name as part of an account: no separators of hledger's (a colon, two spaces in a row,
// a comment's semicolon), no control characters.
std::string PlainName(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == ':' || c == ';' || c == '\x7F';
    if (!space) {
      plain.push_back(c);
    } else if (!plain.empty() && plain.back() != ' ') {
      plain.push_back(' ');
    }
  }
  if (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

CurrencyCode CurrencyOf(const v1::Entry& entry) {
  const auto currency = ParseCurrency(entry.currency());
  LUMBUNG_CHECK(currency.has_value());
  return *currency;
}

}  // namespace

HledgerJournal::HledgerJournal(std::ostream& out) : out_(out) { out_ << "decimal-mark .\n"; }

void HledgerJournal::Learn(const v1::Event& event) {
  if (event.has_chart_published()) {
    LearnChart(event.chart_published().chart());
  } else if (event.has_cooperative_registered()) {
    LearnCooperative(event.cooperative_registered().cooperative());
  } else if (event.has_cooperative_changed()) {
    LearnCooperative(event.cooperative_changed().cooperative());
  }
}

void HledgerJournal::LearnChart(const v1::Chart& chart) {
  ChartVersions& versions = charts_[chart.name()];
  // Every shard has every chart: the same version comes once a shard.
  if (!versions.empty() && versions.latest().version() >= chart.version()) return;
  versions.Add(chart.base_version() == 0 ? chart : MergeChart(versions.latest().proto(), chart));
}

void HledgerJournal::LearnCooperative(const v1::Cooperative& cooperative) {
  auto& charts = cooperatives_[cooperative.cooperative()].charts;
  if (charts.empty() || charts.back() != cooperative.chart()) charts.push_back(cooperative.chart());
}

void HledgerJournal::Add(const v1::Event& event) {
  Learn(event);
  if (event.has_transaction_posted()) {
    const v1::TransactionPosted& posted = event.transaction_posted();
    AddTransaction(posted.transaction(), posted.posting(), event.sequence());
  } else if (event.has_batch_posted()) {
    for (const v1::TransactionPosted& posted : event.batch_posted().transactions()) {
      AddTransaction(posted.transaction(), posted.posting(), event.sequence());
    }
  } else if (event.has_hold_captured()) {
    const v1::HoldCaptured& captured = event.hold_captured();
    AddTransaction(captured.transaction(), captured.posting(), event.sequence());
  }
}

void HledgerJournal::AddTransaction(const v1::Transaction& transaction, const v1::Posting& posting,
                                    std::uint64_t sequence) {
  // Directives of new accounts and commodities go before the transaction.
  std::string lines;
  for (const v1::Entry& entry : transaction.entries()) {
    const AccountKey key{.cooperative = transaction.cooperative(),
                         .code = entry.code(),
                         .currency = CurrencyOf(entry),
                         .holder = entry.holder()};
    const std::int64_t amount = entry.has_debit() ? entry.debit() : -entry.credit();
    lines += "    " + AccountName(key) + "  " + FormatCurrency(key.currency) + " " +
             FormatDecimal(amount, Decimals(key.cooperative, key.currency)) + "\n";
  }
  last_date_ = std::max(last_date_, posting.posting_date());
  out_ << '\n'
       << FormatDay(posting.posting_date()) << " * (" << transaction.transaction_id() << ") "
       << transaction.kind() << ' ' << transaction.channel() << "  ; sequence:" << sequence << '\n'
       << lines;
}

void HledgerJournal::AssertBalances(const AccountTable& accounts) {
  std::vector<const AccountRow*> rows;
  rows.reserve(accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) rows.push_back(&accounts.row(i));
  std::sort(rows.begin(), rows.end(),
            [](const AccountRow* a, const AccountRow* b) { return a->key < b->key; });
  // hledger checks assertions by date, then in the order of the file: the last day comes last.
  if (last_date_ == 0) return;
  // Directives still missing can't stand within a transaction.
  for (const AccountRow* row : rows) {
    CodeName(row->key.cooperative, row->key.code);
    Decimals(row->key.cooperative, row->key.currency);
  }
  std::uint64_t cooperative = 0;
  for (const AccountRow* row : rows) {
    const std::string name = AccountName(row->key);
    const unsigned decimals = Decimals(row->key.cooperative, row->key.currency);
    const std::string currency = FormatCurrency(row->key.currency);
    if (row->key.cooperative != cooperative) {
      cooperative = row->key.cooperative;
      out_ << '\n' << FormatDay(last_date_) << " * balances of " << cooperative << '\n';
    }
    out_ << "    " << name << "  " << currency << ' ' << FormatDecimal(0, decimals) << " = "
         << currency << ' ' << FormatDecimal(row->balance, decimals) << '\n';
  }
}

const std::string& HledgerJournal::CodeName(std::uint64_t cooperative, std::uint32_t code) {
  Cooperative& known = cooperatives_[cooperative];
  const auto [found, added] = known.names.try_emplace(code);
  if (!added) return found->second;
  const v1::AccountCode* row = nullptr;
  for (auto chart = known.charts.rbegin(); chart != known.charts.rend() && !row; ++chart) {
    row = charts_[*chart].latest().FindCode(code);
  }
  LUMBUNG_CHECK(row != nullptr);
  found->second =
      std::to_string(cooperative) + ":" + std::to_string(code) + " " + PlainName(row->name_id());
  out_ << "\naccount " << found->second << "  ; type:" << TypeOf(*row) << '\n';
  return found->second;
}

std::string HledgerJournal::AccountName(const AccountKey& key) {
  const std::string& name = CodeName(key.cooperative, key.code);
  return key.holder == 0 ? name : name + ":" + std::to_string(key.holder);
}

unsigned HledgerJournal::Decimals(std::uint64_t cooperative, CurrencyCode currency) {
  const v1::Currency* row = nullptr;
  const auto& charts = cooperatives_[cooperative].charts;
  for (auto chart = charts.rbegin(); chart != charts.rend() && !row; ++chart) {
    row = charts_[*chart].latest().FindCurrency(currency);
  }
  LUMBUNG_CHECK(row != nullptr);
  if (commodities_.insert(currency).second) {
    // The mark stands even where there are no decimals: hledger wants one in a directive.
    const std::string sample = FormatDecimal(0, row->exponent());
    out_ << "\ncommodity " << FormatCurrency(currency) << ' ' << sample
         << (row->exponent() == 0 ? "." : "") << '\n';
  }
  return row->exponent();
}

}  // namespace lumbung
