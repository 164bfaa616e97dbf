// The list of regions as it is built into the program: zlib's compression of its text.
#pragma once

#include <string_view>

namespace lumbung {

std::string_view PackedRegions();

}  // namespace lumbung
