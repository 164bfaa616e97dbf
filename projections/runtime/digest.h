// What a projection's state comes to: two instances that took the same events have the same digest,
// however their batches were cut.
#pragma once

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "projections/runtime/store.h"

namespace lumbung {

// SHA-256 over the identity, the positions and every row, in key order:
//
//   "lumbung projection 1\n" version:u32be name_size:u8 name rules_size:u32be rules
//   shards:u32be (shard:u32be sequence:u64be hash:32)*
//   (key_size:u32be key value_size:u32be value)*
//
// Reads all of it.
Result<Hash> DigestOf(const View& view);

}  // namespace lumbung
