// What a business day came to at an outlet, and which members were active there.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/status.h"
#include "projections/performance/day_row.h"
#include "projections/performance/member_sketch.h"

namespace lumbung::performance {

struct OutletDay {
  DayRow day;
  MemberSketch members;

  void Add(const OutletDay& other, const NameTable& names) {
    day.Add(other.day, names);
    members.Add(other.members);
  }
  // size:varint, the day's row, the members.
  std::string Encode(const NameTable& names) const;
  // Adds a row to this one. Corruption where it is none, as below.
  Status AddEncoded(std::string_view bytes, NameTable& names);

  // The one half, or the other.
  static Status AddEncodedDay(std::string_view bytes, NameTable& names, DayRow& sum);
  static Result<MemberSketch> ParseMembers(std::string_view bytes);
};

}  // namespace lumbung::performance
