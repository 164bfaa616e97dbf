// How a shard is run.
#pragma once

#include <cstddef>

#include "engine/base/clock.h"
#include "engine/commit/block_times.h"
#include "engine/domain/state.h"
#include "engine/store/derived_store.h"
#include "engine/store/log_store.h"

namespace lumbung {

struct ShardOptions {
  LogStoreOptions log;
  DerivedStoreOptions derived;
  // Rows of accounts and their index.
  std::size_t account_memory_bytes = State::kDefaultAccountMemory;
  // A block takes no more commands past either.
  std::size_t max_block_events = 8'192;
  std::size_t max_block_bytes = std::size_t{4} << 20;
  // Commands waiting beyond this are refused with OVERLOADED.
  std::size_t max_queued_commands = 1'000'000;
  // A step of the derived store begins after so many events or ids.
  std::size_t derived_step_events = std::size_t{512} * 1024;
  // Rows of a step that are copied before they are written: 64 bytes each, nearly all.
  std::size_t derived_piece_rows = std::size_t{1024} * 1024;
  Clock* clock = &Clock::System();
  // An operator has confirmed that the clock is right although it jumped.
  bool clock_confirmed = false;
  // May be empty.
  BlockObserver on_block;
};

}  // namespace lumbung
