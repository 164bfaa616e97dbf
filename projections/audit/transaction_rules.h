// Rules that look at one transaction after the other.
#pragma once

#include "engine/base/status.h"
#include "projections/audit/posted.h"

namespace lumbung::audit {

Status LookAtTransaction(const Posted& posted, const Desk& desk);

}  // namespace lumbung::audit
