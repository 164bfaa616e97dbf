// The policy file: TOML, whose keys docs/POLICY.md describes.
#pragma once

#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/serve/policy.h"

namespace lumbung {

// Quotas of a principal whose entry names none.
inline constexpr Quotas kDefaultQuotas{.recorded_refusals = 100'000, .new_accounts = 1'000'000};

// At least one entry, and all of them good: ids, names and tokens stand once, each has grants and
// something to be known by.
Result<std::vector<PolicyEntry>> ParsePolicy(std::string_view toml, std::string_view name);

}  // namespace lumbung
