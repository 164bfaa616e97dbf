// A row of a table of what a rule must find and what it must not.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/projections/audit/audit_world.h"

namespace lumbung {

struct RuleCase {
  const char* what;
  const char* rule;
  std::function<void(AuditWorld&)> tell;
  std::size_t found = 0;
  // How many of them are resolved.
  std::size_t resolved = 0;
};

// Tells it, and expects just that; findings explain themselves, and their evidence is in the log.
Findings ExpectCase(const RuleCase& one);

// The clock goes on to noon of a day: cooperative 2 pays a rupiah.
void Tick(AuditWorld& world, int day);
// The same, every three hours from one day to another.
void TickThrough(AuditWorld& world, int from, int to);

class RuleTable : public testing::TestWithParam<RuleCase> {};

inline std::string RowName(const testing::TestParamInfo<RuleCase>& row) {
  return "Row" + std::to_string(row.index);
}
inline void PrintTo(const RuleCase& one, std::ostream* out) {
  *out << one.rule << ": " << one.what;
}

}  // namespace lumbung
