// The rules that come with the program: projections/audit/rules.toml, embedded at build time.
#pragma once

#include <string_view>

namespace lumbung::audit {

// Lives as long as the process.
std::string_view BuiltInRulesToml();

}  // namespace lumbung::audit
