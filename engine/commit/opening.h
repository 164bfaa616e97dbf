// What a shard is opened with: stores, and the state, ids and tree as of the last durable event.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/chain/tree.h"
#include "engine/commit/id_history.h"
#include "engine/commit/shard_options.h"
#include "engine/domain/state.h"
#include "engine/store/derived_store.h"
#include "engine/store/log_store.h"

namespace lumbung {

// Loads the rows of the derived store and replays the log from its marker to the head, checking
// the links. `ids` takes the keys of the replayed events; null: they are not wanted. A long replay
// brings the derived store forward as it goes, where `derived` may be written.
// `last_time` is the recorded_at of the last event, 0 where there is none.
struct Replayed {
  std::unique_ptr<State> state;
  std::uint64_t events = 0;
  std::int64_t last_time = 0;
};
Result<Replayed> ReplayState(const LogStore& log, const DerivedStore& derived,
                             std::size_t account_memory_bytes);

struct OpenedShard {
  std::unique_ptr<LogStore> log;
  std::unique_ptr<DerivedStore> derived;
  std::unique_ptr<State> state;
  std::unique_ptr<IdHistory> history;
  TreeBuilder tree;
  std::uint64_t replayed = 0;
  std::int64_t last_time = 0;
};

// Opens the stores in `dir`. Corruption where the log ends before what is derived from it, or is
// not the log that it was derived from.
Result<OpenedShard> OpenShard(const std::string& dir, const ShardOptions& options);

}  // namespace lumbung
