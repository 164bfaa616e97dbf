// What the process that is killed (kill_writer) tells the one that kills it (kill_test).
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"

namespace lumbung {

// Written whole or not at all: a pipe takes so few bytes at once.
struct KillRecord {
  enum Type : std::uint32_t {
    kOpened,
    kSubmitting,  // before the command is handed over
    kAnswered,
    kClosed,  // the ledger was closed in order
  };
  Type type = kOpened;
  std::uint32_t code = 0;
  std::uint64_t stream = 0;
  std::uint64_t number = 0;
  std::uint64_t sequence = 0;
  Hash hash{};
  std::uint64_t replayed = 0;
};
static_assert(sizeof(KillRecord) == 72);

// Streams of numbers that one life of the writer takes, a thread each.
inline constexpr std::uint64_t kKillThreads = 4;

}  // namespace lumbung
