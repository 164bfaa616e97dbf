// Patterns that an audit must find, and the truth about them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/date.h"

namespace lumbung {

// Each is one that a rule of projections/audit/rules.toml looks for.
enum class Fraud : std::uint8_t {
  kNegativeCash,
  kNegativeStock,
  kNegativeFloat,
  kRepeatedReversals,
  kAfterHours,
  kBackdating,
  kLargeCash,
  kSequenceGap,
  kSequenceReuse,
  kRounding,
  kDuplicateReference,
  kTransferUnmatched,
  kOverride,
};
inline constexpr std::size_t kFrauds = 13;

// The name of the rule.
std::string_view RuleOf(Fraud fraud);
// By the cooperative's clock.
int QuarterOf(Fraud fraud);
// Some need days before or after them.
inline constexpr std::uint32_t kDaysBeforeAFraud = 11;
inline constexpr std::uint32_t kDaysAfterAFraud = 1;

// One transaction of a fraud.
struct FraudTruth {
  std::string_view rule;
  std::uint64_t cooperative = 0;
  Date business_date = 0;
  std::string transaction_id;
};

struct PlannedFraud {
  Fraud fraud = Fraud::kNegativeCash;
  Date day = 0;
};

}  // namespace lumbung
