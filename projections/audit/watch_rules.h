// Rules about outlets and their devices, and about sales that wait for an acquirer: what comes, and
// what does not come in time.
#pragma once

#include "engine/base/status.h"
#include "projections/audit/posted.h"
#include "projections/audit/shard_clock.h"

namespace lumbung::audit {

// What an event says of where it comes from; posted, held or refused.
struct Heard {
  CooperativeState& cooperative;
  const v1::Transaction& transaction;
  const ShardClock& clock;
  // By the cooperative's clock.
  Date today;
  Evidence event;
  bool refused;
};

Status HearOutletAndDevice(const Heard& heard, const Desk& desk);
// An outlet that is closed is no longer waited for.
Status ForgetOutlet(CooperativeState& cooperative, std::uint64_t outlet, std::int64_t now,
                    const Desk& desk);
// Takes a transaction's entries on accounts that an acquirer settles.
Status AddToUnsettled(const Posted& posted, const Desk& desk);
// What is due by the shard's clock.
Status JudgeWatches(CooperativeState& cooperative, const ShardClock& clock, const Desk& desk);

}  // namespace lumbung::audit
