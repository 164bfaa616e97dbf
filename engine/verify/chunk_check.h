// Checks one aligned piece of a log by itself, so that pieces can be checked in parallel.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/domain/account_key.h"
#include "engine/store/log_store.h"
#include "engine/verify/verify.h"

namespace lumbung {

// Events of a piece: the leaves of one tile of level 1.
inline constexpr std::uint64_t kChunkEvents = kTileWidth * kTileWidth;

// An entry of an event that posts one transaction, nearly all there is.
struct PostedEntry {
  std::uint64_t sequence = 0;
  AccountKey account;
  bool is_debit = false;
  std::int64_t amount = 0;
};

struct OtherEvent {
  std::uint64_t sequence = 0;
  std::string bytes;
};

// What a piece gives to its neighbours and to the tree.
struct ChunkResult {
  std::uint64_t events = 0;
  std::uint64_t transactions = 0;
  std::uint64_t event_bytes = 0;
  // Of its first and last event.
  Hash first_previous_hash{};
  std::int64_t first_recorded_at = 0;
  Hash last_hash{};
  std::int64_t last_recorded_at = 0;
  // Roots of its full runs of 256 leaves, then its other leaves; all leaves and no roots where
  // they were asked for.
  std::vector<Hash> roots;
  std::vector<Hash> leaves;
  // What a state takes from its events, where that was asked for: each in order.
  std::vector<PostedEntry> posted;
  std::vector<OtherEvent> others;
  // Public keys that the log names in it for its checkpoints, 32 bytes each.
  std::vector<std::string> checkpoint_keys;
  // Origin, where the piece begins the log.
  std::string origin;
  // The first thing that is wrong; what stands after it was not looked at.
  std::optional<Finding> finding;
};

// What is to be kept of a piece beyond what its neighbours need.
struct ChunkWants {
  bool leaves = false;
  bool events = false;
};

// Checks events first to last. REQUIRES: first - 1 is a multiple of kChunkEvents, and
// last - first < kChunkEvents
ChunkResult CheckChunk(const LogStore& log, std::uint64_t first, std::uint64_t last,
                       const ChunkWants& wants, const std::atomic<bool>* stop);

// Says that event `sequence` follows another hash than that of the event before it.
Finding UnlinkedFinding(std::uint64_t sequence, const Hash& hash, const Hash& expected);

}  // namespace lumbung
