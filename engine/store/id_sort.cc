#include "engine/store/id_sort.h"

#include <array>

namespace lumbung {
namespace {

constexpr std::size_t kDigits = 8;
constexpr std::size_t kRadix = 256;
// Below this, counting costs more than comparing.
constexpr std::size_t kSmall = 256;

std::size_t DigitOf(std::uint64_t prefix, std::size_t digit) {
  return (prefix >> (8 * digit)) & (kRadix - 1);
}

}  // namespace

void SortByPrefix(std::vector<KeyRef>& refs) {
  if (refs.size() < kSmall) {
    std::sort(refs.begin(), refs.end(),
              [](const KeyRef& a, const KeyRef& b) { return a.prefix < b.prefix; });
    return;
  }
  std::array<std::array<std::uint32_t, kRadix>, kDigits> counts{};
  for (const KeyRef& ref : refs) {
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      ++counts[digit][DigitOf(ref.prefix, digit)];
    }
  }
  std::vector<KeyRef> other(refs.size());
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    auto& positions = counts[digit];
    if (positions[DigitOf(refs.front().prefix, digit)] == refs.size()) {
      continue;  // all agree in this digit: the leading ones of ids in time order
    }
    std::uint32_t next = 0;
    for (auto& position : positions) {
      const std::uint32_t count = position;
      position = next;
      next += count;
    }
    for (const KeyRef& ref : refs) {
      other[positions[DigitOf(ref.prefix, digit)]++] = ref;
    }
    refs.swap(other);
  }
}

}  // namespace lumbung
