// What the figures of performance look for in a chart: kinds and codes by name and number. Data, of
// which a later version may be another.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lumbung::performance {

// Named in the projection's identity: rows of other rules are built anew. Change it with the rules.
inline constexpr std::string_view kRulesVersion = "measures 1";

// Income from sales to members, which the law keeps apart.
inline constexpr std::array<std::uint32_t, 1> kMemberSalesCodes = {4101};
// What village funds pay in to serve a loan.
inline constexpr std::string_view kInterceptKind = "village-fund-intercept";
// The class of holders and parties who count as members.
inline constexpr std::string_view kMemberClass = "member";

}  // namespace lumbung::performance
