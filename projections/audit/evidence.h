// An event that a finding rests on: whoever has the log can look it up and prove it.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "projections/runtime/packing.h"

namespace lumbung::audit {

struct Evidence {
  std::uint32_t shard = 0;
  std::uint64_t sequence = 0;
  Hash hash{};

  bool operator==(const Evidence&) const = default;
};

inline void PackEvidence(std::string& out, const Evidence& evidence) {
  PackUnsigned(out, std::uint64_t{evidence.shard});
  PackUnsigned(out, evidence.sequence);
  out += AsView(evidence.hash);
}

inline Evidence UnpackEvidence(Unpacker& unpack) {
  Evidence evidence;
  evidence.shard = static_cast<std::uint32_t>(unpack.Unsigned());
  evidence.sequence = unpack.Unsigned();
  const std::string_view hash = unpack.Bytes(evidence.hash.size());
  if (hash.size() == evidence.hash.size()) {
    evidence.hash = AsHash(hash);
  }
  return evidence;
}

}  // namespace lumbung::audit
