// The links of the chain: the decider leaves each event's previous_hash as zeros, and the writer
// puts the hash of the event before there. So hashing keeps no one from deciding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"
#include "engine/store/block_format.h"

namespace lumbung {

// Where the 32 bytes of previous_hash begin in an event's bytes. Only fields before it are looked
// at, and those never change once the event is encoded.
// REQUIRES: `event` was encoded with a previous_hash of 32 bytes
std::size_t LinkOffset(std::string_view event);

// The event with zeros for a link; safe while another thread links it.
std::string WithoutLink(std::string_view event);

// Links the events of a block, the first to `previous`, which becomes the last one's hash; every
// hash is added to `hashes`.
void ChainEvents(Hasher& hasher, Hash& previous, BlockBuilder& events, std::vector<Hash>& hashes);

}  // namespace lumbung
