// The version of what a log is made of.
#pragma once

#include <cstdint>

namespace lumbung {

// Of events, blocks and trees, in LedgerCreated: what this program writes, and all that it reads.
inline constexpr std::uint32_t kFormatVersion = 1;

}  // namespace lumbung
