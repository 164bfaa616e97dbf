// Which known name was probably meant by one that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lumbung {

// The known name that takes the fewest letters added, left out or replaced; the first of several.
// Empty where `known` is. `name` may be anything of any length.
std::string_view NearestName(std::string_view name, std::span<const std::string_view> known);

// Text of a file, fit to be shown: one line of printable UTF-8, cut where it is long.
std::string Shown(std::string_view text);

}  // namespace lumbung
