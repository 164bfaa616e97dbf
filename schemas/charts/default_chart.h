// The chart that comes with the program: schemas/charts/kdmp.json, embedded at build time.
#pragma once

#include <string_view>

namespace lumbung {

// Protobuf JSON of a lumbung.ledger.v1.Chart. Lives as long as the process.
std::string_view DefaultChartJson();

}  // namespace lumbung
