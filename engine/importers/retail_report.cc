#include "engine/importers/retail_report.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/base/decimal.h"

namespace lumbung {
namespace {

constexpr unsigned kPenceDecimals = 2;
constexpr std::size_t kNumbersPerLine = 10;

// Pounds with three decimals, or as many more as the amount needs.
std::string Pounds(Millipence amount) {
  std::string text = FormatDecimal(amount, kMillipenceDecimals);
  for (int spare = 0; spare < 2 && text.ends_with('0'); ++spare) text.pop_back();
  return text;
}

std::string Pence(std::int64_t pence) { return FormatDecimal(pence, kPenceDecimals); }

void AppendRow(std::string& out, std::string_view label, const std::string& value) {
  constexpr std::size_t kWidth = 40;
  const std::size_t used = label.size() + value.size();
  out.append(label).append(used < kWidth ? kWidth - used : 1, ' ').append(value).push_back('\n');
}

void AppendNumbers(std::string& out, const std::vector<std::string>& numbers, std::size_t most) {
  const std::size_t listed = std::min(numbers.size(), most);
  for (std::size_t i = 0; i < listed; ++i) {
    out.append(i % kNumbersPerLine == 0 ? "  " : " ").append(numbers[i]);
    if (i % kNumbersPerLine == kNumbersPerLine - 1 || i + 1 == listed) out.push_back('\n');
  }
  if (listed < numbers.size()) {
    out.append("  and ").append(std::to_string(numbers.size() - listed)).append(" more\n");
  }
}

}  // namespace

std::int64_t RoundToPence(Millipence amount) {
  constexpr Millipence kHalf = kMillipencePerPenny / 2;
  std::int64_t pence = amount / kMillipencePerPenny;
  Millipence rest = amount % kMillipencePerPenny;
  if (rest < 0) {
    rest += kMillipencePerPenny;
    --pence;
  }
  const bool up = rest > kHalf || (rest == kHalf && pence % 2 != 0);
  return up ? pence + 1 : pence;
}

void RetailReport::AddRefusal(std::string_view invoice, std::int64_t pence, std::string reason) {
  refused.push_back({std::string(invoice), pence, std::move(reason)});
  refused_pence += pence;
  posted_pence -= pence;
  --(pence < 0 ? refunds : sales);
}

bool RetailReport::Reconciles() const {
  return (posted_pence + refused_pence) * kMillipencePerPenny + residues + skipped_total ==
         exact_total;
}

std::string RetailReport::ToText(std::size_t most_listed) const {
  std::string out;
  AppendRow(out, "files", std::to_string(files));
  AppendRow(out, "lines", std::to_string(lines));
  AppendRow(out, "invoices", std::to_string(invoices));
  AppendRow(out, "  posted as sales", std::to_string(sales));
  AppendRow(out, "  posted as refunds", std::to_string(refunds));
  AppendRow(out, "  refused by the ledger", std::to_string(refused.size()));
  AppendRow(out, "  skipped", std::to_string(skipped.size()));
  AppendRow(out, "posted, sales less refunds, GBP", Pence(posted_pence) + " ");
  AppendRow(out, "refused", Pence(refused_pence) + " ");
  AppendRow(out, "residues of rounding (" + std::to_string(rounded) + " invoices)",
            Pounds(residues));
  AppendRow(out, "skipped", Pounds(skipped_total));
  AppendRow(out, "exact total of all lines", Pounds(exact_total));
  out.append(Reconciles() ? "posted + refused + residues + skipped = exact total: yes\n"
                          : "posted + refused + residues + skipped = exact total: NO\n");

  std::map<std::string_view, std::vector<std::string>> by_reason;
  for (const Skipped& one : skipped) by_reason[one.reason].push_back(one.invoice);
  for (const auto& [reason, numbers] : by_reason) {
    out.append("skipped, ").append(reason).append(" (");
    out.append(std::to_string(numbers.size())).append("):\n");
    AppendNumbers(out, numbers, most_listed);
  }
  for (std::size_t i = 0; i < std::min(refused.size(), most_listed); ++i) {
    out.append("refused: ").append(refused[i].invoice).append(" ");
    out.append(Pence(refused[i].pence)).append(": ").append(refused[i].reason).push_back('\n');
  }
  return out;
}

std::string RetailReport::ToJson() const {
  nlohmann::ordered_json json = {
      {"files", files},
      {"lines", lines},
      {"invoices", invoices},
      {"sales", sales},
      {"refunds", refunds},
      {"currency", "GBP"},
      {"posted_total", Pence(posted_pence)},
      {"refused_total", Pence(refused_pence)},
      {"residues", Pounds(residues)},
      {"rounded_invoices", rounded},
      {"skipped_total", Pounds(skipped_total)},
      {"exact_total", Pounds(exact_total)},
      {"reconciles", Reconciles()},
  };
  json["skipped"] = nlohmann::ordered_json::array();
  for (const Skipped& one : skipped) {
    json["skipped"].push_back({{"invoice", one.invoice},
                               {"lines", one.lines},
                               {"amount", Pounds(one.amount)},
                               {"reason", one.reason}});
  }
  json["refused"] = nlohmann::ordered_json::array();
  for (const Refused& one : refused) {
    json["refused"].push_back(
        {{"invoice", one.invoice}, {"amount", Pence(one.pence)}, {"reason", one.reason}});
  }
  return json.dump();
}

}  // namespace lumbung
