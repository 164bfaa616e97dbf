// What is answered about an account and about the ledger, out of the ledger itself: the same over
// every transport, and for who opens the folder.
#pragma once

#include <cstdint>

#include "engine/commit/ledger.h"
#include "engine/domain/state.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

// All but as_of; `now` in microseconds since 1970 UTC. `response` is empty before.
void FillAccount(const State& state, const AccountKey& key, std::int64_t now,
                 v1::GetAccountResponse& response);

// `account_memory_bytes`: what the ledger was opened with, for each shard. It waits for a block
// that is being written.
void FillLedgerInfo(Ledger& ledger, std::uint64_t account_memory_bytes,
                    v1::GetLedgerInfoResponse& response);

}  // namespace lumbung
