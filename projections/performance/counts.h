// How often each of some small numbers was seen. Counts add up, and what was added can be taken
// away.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "projections/runtime/packing.h"

namespace lumbung::performance {

class Counts {
 public:
  using Key = std::uint16_t;

  void Add(Key key, std::int64_t count) {
    const auto at =
        std::lower_bound(counts_.begin(), counts_.end(), key,
                         [](const auto& entry, Key sought) { return entry.first < sought; });
    if (at != counts_.end() && at->first == key) {
      at->second += count;
    } else {
      counts_.insert(at, {key, count});
    }
  }
  void Add(const Counts& other) {
    for (const auto& [key, count] : other.counts_) {
      Add(key, count);
    }
  }
  void Negate() {
    for (auto& entry : counts_) {
      entry.second = -entry.second;
    }
  }
  std::int64_t total() const {
    std::int64_t total = 0;
    for (const auto& entry : counts_) {
      total += entry.second;
    }
    return total;
  }
  // Ascending by key; counts may be zero, and below zero in what is to be taken away.
  const std::vector<std::pair<Key, std::int64_t>>& entries() const { return counts_; }

  // Those that are not zero: size:varint (key:varint count:zigzag)*.
  std::uint64_t NotZero() const {
    return static_cast<std::uint64_t>(std::count_if(
        counts_.begin(), counts_.end(), [](const auto& entry) { return entry.second != 0; }));
  }
  void Pack(std::string& out) const {
    PackUnsigned(out, NotZero());
    for (const auto& [key, count] : counts_) {
      if (count != 0) {
        PackUnsigned(out, std::uint64_t{key});
        PackSigned(out, count);
      }
    }
  }
  void AddPacked(Unpacker& unpack) {
    const std::uint64_t size = unpack.Unsigned();
    for (std::uint64_t i = 0; i < size && unpack.ok(); ++i) {
      const auto key = static_cast<Key>(unpack.Unsigned());
      Add(key, unpack.Count());
    }
  }

 private:
  std::vector<std::pair<Key, std::int64_t>> counts_;
};

}  // namespace lumbung::performance
