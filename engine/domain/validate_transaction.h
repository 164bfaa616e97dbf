// The checks of commands about money, each by itself.
#pragma once

#include "engine/domain/validate_fields.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

void CheckTransaction(const v1::Transaction& transaction, bool entries_may_be_empty,
                      Problem& problem);
void CheckBatch(const v1::Command& command, Problem& problem);
void CheckHold(const v1::Hold& hold, Problem& problem);
void CheckCapture(const v1::Capture& capture, Problem& problem);
void CheckRelease(const v1::Release& release, Problem& problem);

}  // namespace lumbung
