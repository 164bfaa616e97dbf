// Sorting ids fast: by their first 8 bytes with a radix sort, then the few that agree in those.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/store/id_entry.h"

namespace lumbung {

// A key that stands elsewhere, at `index`.
struct KeyRef {
  std::uint64_t prefix;
  std::uint32_t index;
};

// Sorts by prefix only.
void SortByPrefix(std::vector<KeyRef>& refs);

// Sorts by the whole key; `key_at(index)` gives it.
template <typename KeyAt>
void SortByKey(std::vector<KeyRef>& refs, const KeyAt& key_at) {
  SortByPrefix(refs);
  for (std::size_t first = 0; first < refs.size();) {
    std::size_t last = first + 1;
    while (last < refs.size() && refs[last].prefix == refs[first].prefix) {
      ++last;
    }
    if (last - first > 1) {
      std::sort(
          refs.begin() + static_cast<std::ptrdiff_t>(first),
          refs.begin() + static_cast<std::ptrdiff_t>(last),
          [&](const KeyRef& a, const KeyRef& b) { return key_at(a.index) < key_at(b.index); });
    }
    first = last;
  }
}

}  // namespace lumbung
