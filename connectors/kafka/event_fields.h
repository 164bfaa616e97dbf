// What a publisher has to know of an event.
#pragma once

#include <cstdint>
#include <string_view>

namespace lumbung {

struct EventFields {
  std::uint64_t sequence = 0;
  // Microseconds since 1970 UTC.
  std::int64_t recorded_at = 0;
  // The number of the body in the event's `oneof`; 0: it has none.
  std::uint32_t body = 0;
  // 0: the event is of no single one.
  std::uint64_t cooperative = 0;
};

// False where the bytes, whatever they are, are no event. Of a posted transaction, the most
// frequent by far, only these fields are read: parsing all of it takes several times as long.
bool ReadEventFields(std::string_view bytes, EventFields& fields);

}  // namespace lumbung
