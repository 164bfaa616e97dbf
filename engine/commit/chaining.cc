#include "engine/commit/chaining.h"

#include <algorithm>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// Protobuf's wire format: field << 3 | type. Fields are written in the order of their numbers.
constexpr std::uint8_t kLinkTag = 4 << 3 | 2;
constexpr std::uint8_t kTypeMask = 7;
constexpr std::uint8_t kVarint = 0;
constexpr std::uint8_t kMoreBytes = 0x80;

}  // namespace

std::size_t LinkOffset(std::string_view event) {
  const auto byte = [&](std::size_t at) {
    LUMBUNG_CHECK(at < event.size());
    return static_cast<std::uint8_t>(event[at]);
  };
  std::size_t at = 0;
  while (byte(at) != kLinkTag) {
    LUMBUNG_CHECK((byte(at) & kTypeMask) == kVarint);
    do {
      ++at;
    } while ((byte(at) & kMoreBytes) != 0);
    ++at;
  }
  LUMBUNG_CHECK(byte(at + 1) == sizeof(Hash) && at + 2 + sizeof(Hash) <= event.size());
  return at + 2;
}

std::string WithoutLink(std::string_view event) {
  const std::size_t offset = LinkOffset(event);
  std::string bytes;
  bytes.reserve(event.size());
  bytes.append(event.substr(0, offset));
  bytes.append(sizeof(Hash), '\0');
  bytes.append(event.substr(offset + sizeof(Hash)));
  return bytes;
}

void ChainEvents(Hasher& hasher, Hash& previous, BlockBuilder& events, std::vector<Hash>& hashes) {
  hashes.reserve(hashes.size() + events.events());
  for (std::uint64_t i = 0; i < events.events(); ++i) {
    const std::span<char> event = events.MutableEvent(events.first_sequence() + i);
    const std::string_view bytes(event.data(), event.size());
    std::ranges::copy(previous, event.subspan(LinkOffset(bytes)).begin());
    previous = hasher.Leaf(bytes);
    hashes.push_back(previous);
  }
}

}  // namespace lumbung
