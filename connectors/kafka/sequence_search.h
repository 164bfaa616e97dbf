// Where in a partition an event lies. Offsets are no sequences: marks of transactions, and what was
// aborted, take some too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "engine/base/status.h"

namespace lumbung {

struct PartitionRecord {
  std::int64_t offset = 0;
  // Of its event.
  std::uint64_t sequence = 0;
};

// The first record at an offset or behind it; nothing where there is none.
using ProbePartition = std::function<Result<std::optional<PartitionRecord>>(std::int64_t offset)>;

// The event's offset. Where it is not found, because it is not there or the partition holds events
// in disorder, its beginning: what is read then is for the reader to judge. `end` is the
// partition's, and what it gives where there are no events. Errors are the probe's.
Result<std::int64_t> FindSequence(std::uint64_t sequence, std::int64_t end,
                                  const ProbePartition& probe);

}  // namespace lumbung
