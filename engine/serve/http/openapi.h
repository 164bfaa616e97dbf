// What GET /openapi.json gives: openapi.json of this folder, embedded at build time.
#pragma once

#include <string_view>

namespace lumbung {

// Lives as long as the process.
std::string_view OpenApiJson();

}  // namespace lumbung
