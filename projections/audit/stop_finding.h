// A chain of events that does not link, as a finding. It is the runtime's own: whoever stops takes
// nothing more, so rows can't hold it; lists show it beside them, first.
#pragma once

#include <optional>

#include "projections/audit/queries.h"
#include "projections/runtime/instance.h"

namespace lumbung::audit {

// Nothing where no event is the reason why a projection stopped. Its evidence is the last event
// that links, its id follows from that. It can't be acknowledged while it lasts: nothing is taken.
std::optional<ShownFinding> FindingOfStop(const ProjectionStatus& status,
                                          const Rules& rules = Rules::BuiltIn());

}  // namespace lumbung::audit
