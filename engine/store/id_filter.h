// A blocked Bloom filter over ids: says "certainly not there" from one line of the cache.
//
//   filter := probes:u8 block*      block := 64 bytes
//   A hash h picks block (h * blocks) >> 64; with m = h * 0x9e3779b97f4a7c15 its probe i is bit
//   (m >> (55 - 9i)) mod 512 of the block, bit b being bit b mod 8 of byte b div 8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

// Add by one thread at a time; once it is filled, everything is thread-safe.
class IdFilter {
 public:
  // An empty filter for so many ids.
  // REQUIRES: ids > 0, bits_per_id > 0
  IdFilter(std::uint64_t ids, unsigned bits_per_id);
  // Corruption if the bytes are not a filter.
  static Result<IdFilter> Parse(std::string_view bytes);
  std::string Format() const;

  void Add(std::uint64_t hash) {
    Block& block = blocks_[BlockOf(hash)];
    std::uint64_t bits = hash * kMultiplier;
    for (unsigned i = 0; i < probes_; ++i, bits <<= 9) {
      block.bytes[bits >> 58] |= BitOf(bits);
    }
  }

  // False: no such hash was added. True: it was, or by chance (1 to 3 of 100).
  bool MayContain(std::uint64_t hash) const {
    const Block& block = blocks_[BlockOf(hash)];
    std::uint64_t bits = hash * kMultiplier;
    for (unsigned i = 0; i < probes_; ++i, bits <<= 9) {
      if ((block.bytes[bits >> 58] & BitOf(bits)) == 0) {
        return false;
      }
    }
    return true;
  }

  // Brings the hash's block into the cache.
  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&blocks_[BlockOf(hash)]); }

  std::size_t MemoryBytes() const { return blocks_.size() * sizeof(Block); }

 private:
  static constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15U;
  static constexpr unsigned kMaxProbes = 7;  // of 9 bits each

  struct alignas(64) Block {
    std::array<std::uint8_t, 64> bytes{};
  };

  IdFilter() = default;

  std::size_t BlockOf(std::uint64_t hash) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(hash) * blocks_.size()) >> 64);
  }
  // The top 9 bits name byte (6) and bit (3).
  static std::uint8_t BitOf(std::uint64_t bits) {
    return static_cast<std::uint8_t>(1U << ((bits >> 55) & 7));
  }

  unsigned probes_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace lumbung
