#include "projections/catalogue/catalogue.h"

#include <map>
#include <memory>

#include "projections/audit/audit_projection.h"
#include "projections/balances/balances_projection.h"
#include "projections/catalogue/names.h"
#include "projections/performance/performance_projection.h"

namespace lumbung {
namespace {

const std::map<std::string, ProjectionFactory>& Factories() {
  static const std::map<std::string, ProjectionFactory> kFactories = {
      {kBalancesName, [] { return std::make_unique<BalancesProjection>(); }},
      {performance::kPerformanceName,
       [] { return std::make_unique<performance::PerformanceProjection>(); }},
      {audit::kAuditName, [] { return std::make_unique<audit::AuditProjection>(); }},
  };
  return kFactories;
}

}  // namespace

Result<std::vector<ProjectionFactory>> ProjectionsNamed(const std::vector<std::string>& names) {
  LUMBUNG_RETURN_IF_ERROR(CheckProjectionNames(names));
  std::vector<ProjectionFactory> factories;
  for (const std::string& name : names) {
    factories.push_back(Factories().at(name));
  }
  return factories;
}

}  // namespace lumbung
