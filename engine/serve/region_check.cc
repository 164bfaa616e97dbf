#include "engine/serve/region_check.h"

#include <utility>

#include "engine/commit/shard_of.h"
#include "projections/regions/present_place.h"

namespace lumbung {

bool LiesWithin(const Principal& principal, const State& state, std::uint64_t cooperative,
                std::int64_t now) {
  const CooperativeState* found = state.FindCooperative(cooperative);
  const std::optional<RegionCode> place =
      found == nullptr ? std::nullopt : PresentPlace(found->versions, now);
  return place && principal.MayReadIn(*place);
}

bool HangsOnRegion(const Principal& principal, std::uint64_t cooperative) {
  return cooperative != 0 && !principal.MayRead(cooperative) && principal.ReadsByRegion();
}

void AskWhetherWithin(Ledger& ledger, std::shared_ptr<const Principal> principal,
                      std::uint64_t cooperative, std::int64_t now,
                      std::function<void(const Status& status, bool may)> done) {
  auto may = std::make_shared<bool>(false);
  ledger.shard(ShardOf(cooperative, ledger.shards()))
      .Read([may, principal = std::move(principal), cooperative, now](
                const State& state,
                std::uint64_t) { *may = LiesWithin(*principal, state, cooperative, now); },
            [may, done = std::move(done)](const Status& status) { done(status, *may); });
}

}  // namespace lumbung
