// Where a cooperative lives.
#pragma once

#include <cstdint>

namespace lumbung {

// The shard of a cooperative, for ever: first 8 bytes, big-endian, of SHA-256 of its decimal
// number, modulo the number of shards.
std::uint32_t ShardOf(std::uint64_t cooperative, std::uint32_t shards);

}  // namespace lumbung
