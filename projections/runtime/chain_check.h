// Whether an event that a feed gives is the next of its chain, one seen before, or not to be
// trusted.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "projections/runtime/position.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// An event as it was read: its bytes hashed, and parsed once for all who take it.
struct ReadEvent {
  // Null where the bytes are no event.
  const v1::Event* event = nullptr;
  Hash hash{};
  std::uint64_t offset = 0;
  // Number of the body where it is of a kind that this program does not know; 0: it is known.
  std::uint32_t unknown_body = 0;
};

// Why a projection takes nothing more, for who has to find out.
struct StopReason {
  std::uint32_t shard = 0;
  // Of the event that was expected.
  std::uint64_t sequence = 0;
  std::string expected;
  std::string found;

  // "shard 0, event 17: expected ..., found ...".
  std::string ToString() const;
};

enum class Link {
  kNext,
  // Its sequence was taken before.
  kSeen,
  // Written by an owner that had been replaced.
  kStale,
  kBroken,
};

// Compares an event with the last one taken. For kBroken, `reason` says what was expected and what
// was found, but for the shard.
Link CheckLink(const Position& last, const ReadEvent& read, StopReason& reason);

// Number of an unknown body; 0 where the event's body is known. An event without any is number 1.
std::uint32_t UnknownBodyOf(const v1::Event& event);

}  // namespace lumbung
