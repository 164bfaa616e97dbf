#include "connectors/kafka/sequence_search.h"

namespace lumbung {

// Each event takes at least one offset: from one that lies before it is so many offsets as events,
// or more, so a jump of so many never passes it, and the next is shorter.
Result<std::int64_t> FindSequence(std::uint64_t sequence, std::int64_t end,
                                  const ProbePartition& probe) {
  const auto first = probe(0);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  if (!first->has_value()) {
    return end;
  }
  PartitionRecord before = **first;
  while (before.sequence < sequence) {
    const std::uint64_t jump = sequence - before.sequence;
    if (before.offset >= end || jump >= static_cast<std::uint64_t>(end - before.offset)) {
      return (*first)->offset;
    }
    const auto found = probe(before.offset + static_cast<std::int64_t>(jump));
    LUMBUNG_RETURN_IF_ERROR(found.status());
    if (!found->has_value() || (*found)->sequence > sequence) {
      return (*first)->offset;
    }
    before = **found;
  }
  return before.offset;
}

}  // namespace lumbung
