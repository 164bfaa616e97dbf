#include "projections/audit/rules.h"

#include <algorithm>
#include <limits>
#include <set>

#include <toml++/toml.h>

#include "engine/chain/hash.h"
#include "projections/audit/built_in_rules.h"

namespace lumbung::audit {
namespace {

// In the order of RuleId. Names are kept in rows.
constexpr std::array<std::string_view, kRules> kNames = {
    "negative-cash",      "negative-stock", "negative-float", "repeated-reversals",
    "after-hours",        "backdating",     "large-cash",     "sequence-gap",
    "sequence-reuse",     "outlet-silent",  "rounding",       "duplicate-reference",
    "transfer-unmatched", "override",       "qris-unsettled", "instalment-unfunded",
    "broken-link"};

// Reads one table: each value once, and notes the first that is missing or of another type.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string name, std::string& fault)
      : table_(table), name_(std::move(name)), fault_(fault) {}

  bool Flag(const char* key) { return Value<bool>(key, "true or false"); }
  std::string Text(const char* key) { return Value<std::string>(key, "a text"); }
  std::int64_t Number(const char* key) {
    const auto number = Value<std::int64_t>(key, "a number");
    if (number < 0) {
      Fail(key, "zero or more");
    }
    return number;
  }
  std::int32_t Small(const char* key) {
    const std::int64_t number = Number(key);
    if (number > std::numeric_limits<std::int32_t>::max()) {
      Fail(key, "a smaller number");
      return 0;
    }
    return static_cast<std::int32_t>(number);
  }
  std::vector<std::uint32_t> Codes(const char* key) {
    std::vector<std::uint32_t> codes;
    for (const std::int64_t code : List<std::int64_t>(key, "codes")) {
      if (code < 1 || code > 999'999) {
        Fail(key, "codes of a chart");
        return {};
      }
      codes.push_back(static_cast<std::uint32_t>(code));
    }
    return codes;
  }
  std::vector<std::string> Texts(const char* key) { return List<std::string>(key, "texts"); }

  // What was not asked for is a fault.
  void Finish() {
    for (const auto& [key, node] : table_) {
      if (!asked_.contains(std::string(key.str()))) {
        Fail(std::string(key.str()).c_str(), "nothing: it is not known");
      }
    }
  }

 private:
  template <typename T>
  T Value(const char* key, const char* want) {
    asked_.insert(key);
    const auto value = table_[key].value_exact<T>();
    if (!value) {
      Fail(key, want);
      return {};
    }
    return *value;
  }
  template <typename T>
  std::vector<T> List(const char* key, const char* want) {
    asked_.insert(key);
    std::vector<T> list;
    const toml::array* array = table_[key].as_array();
    if (array == nullptr) {
      Fail(key, want);
      return list;
    }
    for (const toml::node& node : *array) {
      const auto value = node.value_exact<T>();
      if (!value) {
        Fail(key, want);
        return {};
      }
      list.push_back(*value);
    }
    return list;
  }
  void Fail(const char* key, const char* want) {
    if (fault_.empty()) {
      fault_ = name_ + "." + key + ": want " + want;
    }
  }

  const toml::table& table_;
  const std::string name_;
  std::string& fault_;
  std::set<std::string> asked_;
};

Severity ParseSeverity(std::string_view text, std::string_view rule, std::string& fault) {
  if (text == "notice") return Severity::kNotice;
  if (text == "warning") return Severity::kWarning;
  if (text != "alarm" && fault.empty()) {
    fault = std::string(rule) + ".severity: want notice, warning or alarm";
  }
  return Severity::kAlarm;
}

NegativeBalanceRule ReadNegative(TableReader& table) {
  NegativeBalanceRule rule;
  rule.codes = table.Codes("codes");
  rule.grace_days = table.Small("grace_days");
  return rule;
}

void ReadParameters(RuleId id, TableReader& table, Rules& rules) {
  switch (id) {
    case RuleId::kNegativeCash:
      rules.negative_cash = ReadNegative(table);
      return;
    case RuleId::kNegativeStock:
      rules.negative_stock = ReadNegative(table);
      return;
    case RuleId::kNegativeFloat:
      rules.negative_float = ReadNegative(table);
      return;
    case RuleId::kRepeatedReversals:
      rules.reversals.count = table.Number("count");
      rules.reversals.window_days = table.Small("window_days");
      return;
    case RuleId::kAfterHours:
      rules.after_hours.opens = table.Small("opens");
      rules.after_hours.closes = table.Small("closes");
      rules.after_hours.channels = table.Texts("channels");
      return;
    case RuleId::kBackdating:
      rules.backdating.days = table.Small("days");
      rules.backdating.backlog_days = table.Small("backlog_days");
      rules.backdating.adjustment_days = table.Small("adjustment_days");
      return;
    case RuleId::kLargeCash:
      rules.large_cash.amount = table.Number("amount");
      rules.large_cash.parts_from = table.Number("parts_from");
      rules.large_cash.linked_from = table.Number("linked_from");
      rules.large_cash.person_classes = table.Texts("person_classes");
      rules.large_cash.window_days = table.Small("window_days");
      return;
    case RuleId::kSequenceGap:
      rules.sequence_gap.days = table.Small("days");
      rules.sequence_gap.most_gaps = table.Small("most_gaps");
      return;
    case RuleId::kSequenceReuse:
    case RuleId::kBrokenLink:
      return;
    case RuleId::kOutletSilent:
      rules.outlet_silent.least_days = table.Small("least_days");
      rules.outlet_silent.times_usual = table.Small("times_usual");
      rules.outlet_silent.active_days = table.Small("active_days");
      rules.outlet_silent.ledger_quiet_hours = table.Small("ledger_quiet_hours");
      return;
    case RuleId::kRounding:
      rules.rounding.codes = table.Codes("codes");
      rules.rounding.single = table.Number("single");
      rules.rounding.month = table.Number("month");
      return;
    case RuleId::kDuplicateReference:
      rules.references.schemes = table.Texts("schemes");
      rules.references.window_days = table.Small("window_days");
      return;
    case RuleId::kTransferUnmatched:
      rules.transfers.days = table.Small("days");
      rules.transfers.except_kinds = table.Texts("except_kinds");
      return;
    case RuleId::kOverride:
      rules.overrides.notice_codes = table.Texts("notice_codes");
      return;
    case RuleId::kQrisUnsettled:
      rules.qris.codes = table.Codes("codes");
      rules.qris.working_days = table.Small("working_days");
      return;
    case RuleId::kInstalmentUnfunded:
      rules.instalments.codes = table.Codes("codes");
      rules.instalments.days = table.Small("days");
      return;
  }
}

Result<toml::table> ParseToml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Status::InvalidArgument("rules of the audit, line " +
                                   std::to_string(error.source().begin.line) + ": " +
                                   std::string(error.description()));
  }
}

}  // namespace

const Rules& Rules::BuiltIn() {
  static const Rules kRulesBuiltIn = [] {
    Result<Rules> parsed = Parse(BuiltInRulesToml());
    LUMBUNG_CHECK(parsed.ok());
    return std::move(*parsed);
  }();
  return kRulesBuiltIn;
}

Result<Rules> Rules::Parse(std::string_view text) {
  const Result<toml::table> parsed = ParseToml(text);
  LUMBUNG_RETURN_IF_ERROR(parsed.status());
  Rules rules;
  std::string fault;
  const auto version = (*parsed)["version"].value_exact<std::int64_t>();
  if (!version) {
    fault = "version: want a number";
  }
  for (const auto& [key, node] : *parsed) {
    const bool is_known = key.str() == "version" ||
                          std::find(kNames.begin(), kNames.end(), key.str()) != kNames.end();
    if (!is_known && fault.empty()) {
      fault = std::string(key.str()) + ": there is no such rule";
    }
  }
  for (std::size_t i = 0; i < kRules; ++i) {
    const std::string name(kNames[i]);
    const toml::table* node = (*parsed)[name].as_table();
    if (node == nullptr) {
      fault = fault.empty() ? name + ": is missing" : fault;
      continue;
    }
    TableReader table(*node, name, fault);
    Rule& rule = rules.rules_[i];
    rule.name = name;
    rule.on = table.Flag("on");
    rule.severity = ParseSeverity(table.Text("severity"), name, fault);
    rule.title_id = table.Text("title_id");
    rule.title_en = table.Text("title_en");
    rule.text_id = table.Text("text_id");
    rule.text_en = table.Text("text_en");
    ReadParameters(static_cast<RuleId>(i), table, rules);
    table.Finish();
  }
  if (!fault.empty()) {
    return Status::InvalidArgument("rules of the audit, " + fault);
  }
  rules.identity_ = "rules " + std::to_string(*version) + " sha256:" + ToHex(Sha256(text));
  return rules;
}

const Rule* Rules::Find(std::string_view name) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  return found == rules_.end() ? nullptr : &*found;
}

}  // namespace lumbung::audit
