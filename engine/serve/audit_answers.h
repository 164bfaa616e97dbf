// What the audit found, as the API says it, and what a request asks for, as the queries take it.
#pragma once

#include <optional>

#include "engine/serve/gateway.h"
#include "projections/audit/queries.h"

#include "lumbung/ledger/v1/audit.pb.h"

namespace lumbung {

// All but page and cursor. The field that is wrong, where one is.
std::optional<CallError> ReadFilter(const v1::ListFindingsRequest& asked,
                                    audit::FindingFilter& filter);

void FillFinding(const audit::ShownFinding& shown, v1::Finding& filled);
void FillCount(const audit::CountedRule& counted, v1::RuleCount& filled);

// Why a query found nothing.
CallError OfFindings(const Status& status);

}  // namespace lumbung
