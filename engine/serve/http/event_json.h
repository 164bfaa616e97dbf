// Events in HTTP's JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lumbung {

// "event":{...},"bytes":"<base64>" of an event's own bytes: for reading, and what is hashed.
std::string EventMembers(std::string_view bytes);
// {"sequence":"1","hash":"<base64>","event":{...},"bytes":"..."}, in one line.
std::string EventJson(std::uint64_t sequence, std::string_view bytes);

}  // namespace lumbung
