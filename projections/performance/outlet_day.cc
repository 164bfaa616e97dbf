#include "projections/performance/outlet_day.h"

#include <utility>

#include "projections/runtime/packing.h"

namespace lumbung::performance {
namespace {

struct Halves {
  std::string_view day;
  std::string_view members;
};

// Without members where it can't be read: no row is without them.
Halves Split(std::string_view bytes) {
  Unpacker unpack(bytes);
  const std::string_view day = unpack.Text();
  if (!unpack.ok()) {
    return {};
  }
  return {day, bytes.substr(static_cast<std::size_t>(day.data() - bytes.data()) + day.size())};
}

}  // namespace

std::string OutletDay::Encode(const NameTable& names) const {
  std::string bytes;
  PackText(bytes, day.Encode(names));
  return bytes += members.Encode();
}

Status OutletDay::AddEncodedDay(std::string_view bytes, NameTable& names, DayRow& sum) {
  const Halves halves = Split(bytes);
  if (halves.members.empty()) {
    return Status::Corruption("an outlet's day can't be read");
  }
  return sum.AddEncoded(halves.day, names);
}

Result<MemberSketch> OutletDay::ParseMembers(std::string_view bytes) {
  return MemberSketch::Parse(Split(bytes).members);
}

Status OutletDay::AddEncoded(std::string_view bytes, NameTable& names) {
  LUMBUNG_RETURN_IF_ERROR(AddEncodedDay(bytes, names, day));
  Result<MemberSketch> parsed = ParseMembers(bytes);
  LUMBUNG_RETURN_IF_ERROR(parsed.status());
  if (members.empty()) {
    members = std::move(*parsed);
  } else {
    members.Add(*parsed);
  }
  return Status::Ok();
}

}  // namespace lumbung::performance
