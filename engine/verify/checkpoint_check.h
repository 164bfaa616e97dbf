// Compares checkpoints that others kept with a log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/chain/checkpoint.h"
#include "engine/verify/verify.h"

namespace lumbung {

// The size that a checkpoint's text claims, whoever signed it; nothing if it is no checkpoint.
std::optional<std::uint64_t> ClaimedSize(const std::string& text);

// What a log says of itself.
struct LogFacts {
  std::string origin;
  std::uint64_t size = 0;
  // Keys that may have signed.
  std::vector<PublicKey> keys;
  // Roots at the sizes claimed, as far as they were reached.
  std::map<std::uint64_t, Hash> roots;
};

// What is wrong with a checkpoint, or with the log by its testimony; empty if nothing is.
std::string FaultOfCheckpoint(const KeptCheckpoint& kept, const LogFacts& log);

}  // namespace lumbung
