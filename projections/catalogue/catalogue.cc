#include "projections/catalogue/catalogue.h"

#include <algorithm>
#include <memory>

#include "projections/audit/audit_projection.h"
#include "projections/balances/balances_projection.h"
#include "projections/performance/performance_projection.h"

namespace lumbung {
namespace {

struct Entry {
  const char* name;
  ProjectionFactory make;
};

const std::vector<Entry>& Entries() {
  static const std::vector<Entry> kEntries = {
      {kBalancesName, [] { return std::make_unique<BalancesProjection>(); }},
      {performance::kPerformanceName,
       [] { return std::make_unique<performance::PerformanceProjection>(); }},
      {audit::kAuditName, [] { return std::make_unique<audit::AuditProjection>(); }},
  };
  return kEntries;
}

}  // namespace

const std::vector<std::string>& ProjectionNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Entry& entry : Entries()) {
      names.emplace_back(entry.name);
    }
    return names;
  }();
  return kNames;
}

Result<std::vector<ProjectionFactory>> ProjectionsNamed(const std::vector<std::string>& names) {
  std::vector<ProjectionFactory> factories;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const auto found = std::find_if(Entries().begin(), Entries().end(),
                                    [&](const Entry& entry) { return entry.name == *name; });
    if (found == Entries().end()) {
      std::string known;
      for (const std::string& one : ProjectionNames()) {
        known += (known.empty() ? "" : ", ") + one;
      }
      return Status::InvalidArgument("there is no projection " + *name + ", there are " + known);
    }
    if (std::find(names.begin(), name, *name) != name) {
      return Status::InvalidArgument("projection " + *name + " is named twice");
    }
    factories.push_back(found->make);
  }
  return factories;
}

}  // namespace lumbung
