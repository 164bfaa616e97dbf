#include "engine/commit/shard_of.h"

#include <string>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"

namespace lumbung {

std::uint32_t ShardOf(std::uint64_t cooperative, std::uint32_t shards) {
  if (shards == 1) {
    return 0;
  }
  const Hash hash = Sha256(std::to_string(cooperative));
  return static_cast<std::uint32_t>(LoadBigEndian<std::uint64_t>(hash.data()) % shards);
}

}  // namespace lumbung
