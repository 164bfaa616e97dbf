// How far a projection has come in each shard.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/status.h"

namespace lumbung {

// The last event taken; sequence 0 and zeros before the first.
struct Position {
  std::uint64_t sequence = 0;
  Hash hash{};
  // Microseconds since 1970 UTC, by the ledger's clock.
  std::int64_t recorded_at = 0;
  std::uint32_t epoch = 0;
  // Of its record, where the feed has offsets.
  std::uint64_t offset = 0;

  bool operator==(const Position&) const = default;
};

// By shard; those that an instance was assigned.
using Positions = std::map<std::uint32_t, Position>;

// Rows of the runtime itself; those of a projection begin with a byte of 1 or more.
//
//   0x00 'i'              -> identity: version:u32be name_size:u8 name rules
//   0x00 'p' shard:u32be  -> sequence:u64be recorded_at:u64be epoch:u32be offset:u64be hash:32
inline constexpr char kRuntimeTag = '\0';

std::string PositionKey(std::uint32_t shard);
std::string EncodePosition(const Position& position);
// Corruption where it is none.
Result<Position> ParsePosition(std::string_view bytes);

}  // namespace lumbung
