// 128-bit numbers, for sums of amounts.
#pragma once

namespace lumbung {

__extension__ typedef __int128 Int128;            // NOLINT(modernize-use-using)
__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using)

}  // namespace lumbung
