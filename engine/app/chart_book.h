// Charts of accounts, and by which of them each cooperative goes, learned from a shard's events:
// for names and decimals of what is shown.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "engine/domain/state.h"

namespace lumbung {

// One thread at a time.
class ChartBook {
 public:
  // Takes in an event, if it is about charts or cooperatives. Corruption where it can't be read.
  // REQUIRES: events of one shard, in their order
  Status Learn(std::string_view event);

  // The chart that a cooperative goes by on a day; null where none is known.
  const Chart* Find(std::uint64_t cooperative, Date day) const;

 private:
  // Without accounts.
  State state_{1 << 20};
};

}  // namespace lumbung
