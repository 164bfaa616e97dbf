// The rules of the audit: data, read from a text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/finding.h"

namespace lumbung::audit {

enum class RuleId : std::uint8_t {
  kNegativeCash,
  kNegativeStock,
  kNegativeFloat,
  kRepeatedReversals,
  kAfterHours,
  kBackdating,
  kLargeCash,
  kSequenceGap,
  kSequenceReuse,
  kOutletSilent,
  kRounding,
  kDuplicateReference,
  kTransferUnmatched,
  kOverride,
  kQrisUnsettled,
  kInstalmentUnfunded,
  kBrokenLink,
};
inline constexpr std::size_t kRules = 17;

// What every rule has.
struct Rule {
  std::string name;
  bool on = true;
  Severity severity = Severity::kNotice;
  // In Indonesian and English; the names of figures in braces.
  std::string title_id;
  std::string title_en;
  std::string text_id;
  std::string text_en;
};

struct NegativeBalanceRule {
  std::vector<std::uint32_t> codes;
  std::int32_t grace_days = 0;
};

// Constant after parsing.
class Rules {
 public:
  static const Rules& BuiltIn();
  // InvalidArgument, naming the place, where the text is no set of rules: all of them must be
  // there, with all of their parameters and nothing else.
  static Result<Rules> Parse(std::string_view toml);

  const Rule& Of(RuleId id) const { return rules_[static_cast<std::size_t>(id)]; }
  bool IsOn(RuleId id) const { return Of(id).on; }
  // Null where there is none.
  const Rule* Find(std::string_view name) const;
  const std::array<Rule, kRules>& all() const { return rules_; }
  // "rules 1 sha256:...": another text has another.
  const std::string& identity() const { return identity_; }

  // Parameters; rules.toml says what they mean.
  NegativeBalanceRule negative_cash;
  NegativeBalanceRule negative_stock;
  NegativeBalanceRule negative_float;
  struct {
    std::int64_t count = 0;
    std::int32_t window_days = 0;
  } reversals;
  struct {
    std::int32_t opens = 0;
    std::int32_t closes = 0;
    std::vector<std::string> channels;
  } after_hours;
  struct {
    std::int32_t days = 0;
    std::int32_t backlog_days = 0;
    std::int32_t adjustment_days = 0;
  } backdating;
  struct {
    std::int64_t amount = 0;
    std::int64_t parts_from = 0;
    std::int64_t linked_from = 0;
    std::vector<std::string> person_classes;
    std::int32_t window_days = 0;
  } large_cash;
  struct {
    std::int32_t days = 0;
    std::int32_t most_gaps = 0;
  } sequence_gap;
  struct {
    std::int32_t least_days = 0;
    std::int32_t times_usual = 0;
    std::int32_t active_days = 0;
    std::int32_t ledger_quiet_hours = 0;
  } outlet_silent;
  struct {
    std::vector<std::uint32_t> codes;
    std::int64_t single = 0;
    std::int64_t month = 0;
  } rounding;
  struct {
    std::vector<std::string> schemes;
    std::int32_t window_days = 0;
  } references;
  struct {
    std::int32_t days = 0;
    std::vector<std::string> except_kinds;
  } transfers;
  struct {
    std::vector<std::string> notice_codes;
  } overrides;
  struct {
    std::vector<std::uint32_t> codes;
    std::int32_t working_days = 0;
  } qris;
  struct {
    std::vector<std::uint32_t> codes;
    std::int32_t days = 0;
  } instalments;

 private:
  Rules() = default;

  std::array<Rule, kRules> rules_;
  std::string identity_;
};

}  // namespace lumbung::audit
