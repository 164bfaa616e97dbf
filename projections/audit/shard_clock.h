// A shard's own time: rules that wait for something wait by it, so that every replay agrees.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/status.h"
#include "projections/runtime/packing.h"

namespace lumbung::audit {

struct ShardClock {
  // When the last event was recorded.
  std::int64_t now = 0;
  // For how long nothing at all was recorded, beyond what is usual: no outlet's fault.
  std::int64_t quiet = 0;
  // How many shards the ledger has, as its first event says.
  std::uint32_t shards = 0;

  // Goes on to an event's time.
  void MoveTo(std::int64_t recorded_at, std::int64_t usual_quiet) {
    if (now != 0) {
      quiet += std::max<std::int64_t>(0, recorded_at - now - usual_quiet);
    }
    now = std::max(now, recorded_at);
  }
  // Time that counts for outlets.
  std::int64_t awake() const { return now - quiet; }

  std::string Encode() const {
    std::string bytes;
    PackSigned(bytes, now);
    PackSigned(bytes, quiet);
    PackUnsigned(bytes, shards);
    return bytes;
  }
  static Result<ShardClock> Parse(std::string_view bytes) {
    Unpacker unpack(bytes);
    ShardClock clock;
    clock.now = unpack.Count();
    clock.quiet = unpack.Count();
    clock.shards = static_cast<std::uint32_t>(unpack.Unsigned());
    if (!unpack.done()) {
      return Status::Corruption("a shard's clock of audit can't be read");
    }
    return clock;
  }
};

}  // namespace lumbung::audit
