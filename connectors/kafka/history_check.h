// Whether what a partition holds is our history, and where it goes on.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/status.h"
#include "engine/feed/event_source.h"

namespace lumbung {

// The sequence of the first event that the partition lacks. `first` and `last` are its first and
// last messages, both empty where it has none. Refused, saying which event differs and what to do,
// where it belongs to another ledger or shard, to another history of ours, lacks its beginning, or
// is ahead of the log. Otherwise why the log can't be read.
Result<std::uint64_t> NextToPublish(EventSource& log, std::string_view first,
                                    std::string_view last);

}  // namespace lumbung
