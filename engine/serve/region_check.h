// Whether somebody who reads by region may read a cooperative: it has to lie in one of theirs now,
// as the ledger's state says. Both gateways ask it, of those alone whom no grant by number lets in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/base/status.h"
#include "engine/commit/ledger.h"
#include "engine/serve/principal.h"

namespace lumbung {

// No for a cooperative that is not registered, so that whoever is denied does not learn which it
// is. `now` as by PresentPlace.
bool LiesWithin(const Principal& principal, const State& state, std::uint64_t cooperative,
                std::int64_t now);

// Whether where the cooperative lies decides whether the principal may read it.
bool HangsOnRegion(const Principal& principal, std::uint64_t cooperative);

// Asks the shard's state, and calls `done` on the shard's thread: with whether it may, or an error
// where the shard has stopped. The ledger must outlive that.
void AskWhetherWithin(Ledger& ledger, std::shared_ptr<const Principal> principal,
                      std::uint64_t cooperative, std::int64_t now,
                      std::function<void(const Status& status, bool may)> done);

}  // namespace lumbung
