#include "engine/serve/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace lumbung {
namespace {

constexpr std::size_t kMostShown = 64;

// Levenshtein's distance.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string_view candidate : known) {
    const std::size_t distance = Distance(name.substr(0, kMostShown), candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string Shown(std::string_view text) {
  std::string shown(text.substr(0, kMostShown));
  // No half of a character at the end.
  const auto continues = [&](std::size_t i) { return (shown[i] & '\xC0') == '\x80'; };
  if (shown.size() < text.size()) {
    while (!shown.empty() && continues(shown.size() - 1)) {
      shown.pop_back();
    }
    if (!shown.empty() && (shown.back() & '\x80') != 0) {
      shown.pop_back();
    }
    shown += "...";
  }
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      c = '?';
    }
  }
  return shown;
}

}  // namespace lumbung
