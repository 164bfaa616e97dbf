// What the performance projection found, as the API says it, and what a request asks for, as the
// queries take it.
#pragma once

#include <optional>
#include <string_view>

#include "engine/serve/gateway.h"
#include "projections/performance/queries.h"

#include "lumbung/ledger/v1/performance.pb.h"

namespace lumbung {

// The field that is wrong, where one is.
std::optional<CallError> ReadSubject(const v1::PerformanceSubject& asked,
                                     performance::Subject& subject);
std::optional<CallError> ReadMeasure(v1::Measure asked, performance::Measure& measure);

// First and last day; `to` may be 0: the first one.
struct Days {
  Date from = 0;
  Date to = 0;
};
std::optional<CallError> ReadDays(std::int32_t from, std::int32_t to, Days& days);
std::optional<CallError> ReadDay(std::int32_t day);

void FillOf(const performance::Subject& subject, v1::PerformanceOf& of);
void FillFigures(const performance::Figures& figures, v1::PerformanceFigures& filled);
void FillHour(const performance::HourFigures& hour, v1::HourFlow& filled);
void FillRanked(const performance::Ranked& ranked, v1::RankedPerformance& filled);
void FillComparison(const performance::Comparison& comparison,
                    v1::ComparePerformanceResponse& filled);
void FillFreshness(const performance::Freshness& freshness, v1::GetFreshnessResponse& filled);

}  // namespace lumbung
