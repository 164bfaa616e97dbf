// A log of a nation's typical sales for benchmarks of projections: written straight to a store,
// linked and hashed as commit does it, but not decided by the engine.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/date.h"
#include "engine/base/status.h"

namespace lumbung {

// The day that its first sales belong to.
inline constexpr Date kSalesLogDay = 20260504;

struct SalesLogOptions {
  std::uint64_t events = 4'000'000;
  std::uint32_t cooperatives = 80'000;
  std::uint32_t members = 15;
  // Of the nation: 8.3 million a day in twelve hours.
  std::uint32_t events_a_second = 192;
  std::uint64_t seed = 1;
};

// In order: the chart, the cooperatives, each in a village of the list, then sales at two outlets
// each (three of four; half of them to members), savings and bill payments. Every seventh comes
// late by minutes to a day.
Status WriteSalesLog(const std::string& dir, const SalesLogOptions& options);

}  // namespace lumbung
