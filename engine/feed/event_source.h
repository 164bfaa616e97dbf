// Events of one shard, in order, from a sequence on: what publishers and projections read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/status.h"

namespace lumbung {

struct FeedEvent {
  std::uint64_t sequence = 0;
  std::string_view bytes = {};
  // Of its record, where the source has records; 0 otherwise.
  std::uint64_t offset = 0;
};

// Only durable events are ever given. One thread at a time, but for Head and Wake.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // The next event will be this one, whether it is there yet or not; forgets an earlier error.
  // REQUIRES: sequence >= 1
  virtual void Seek(std::uint64_t sequence) = 0;
  // True: `event` is the next, its bytes good until the next call. False: it is not there yet, or
  // can't be read: see status(). Does not block.
  virtual bool Next(FeedEvent& event) = 0;
  // Why nothing comes any more; OK while something may.
  virtual const Status& status() const = 0;
  // Waits until the next event is there, at most so long, or until Wake. Returns whether it is.
  virtual bool Wait(std::chrono::milliseconds timeout) = 0;
  // Ends the Wait that is under way, or the next. Thread-safe.
  virtual void Wake() = 0;

  // One event's bytes, wherever Next stands. NotFound past the last.
  virtual Result<std::string> Get(std::uint64_t sequence) = 0;
  // The last event that is known to be there. Thread-safe.
  virtual std::uint64_t Head() const = 0;
};

}  // namespace lumbung
