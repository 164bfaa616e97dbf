#include "projections/performance/cooperative_memory.h"

#include <algorithm>

#include "projections/runtime/packing.h"

namespace lumbung::performance {
namespace {

// The row with that key, in order, or a new one.
template <typename Row, typename Key>
Row& FindOrAdd(std::vector<Row>& rows, Key Row::*key, Key sought) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), sought,
                                   [key](const Row& row, Key value) { return row.*key < value; });
  if (at != rows.end() && (*at).*key == sought) {
    return *at;
  }
  Row& added = *rows.insert(at, Row{});
  added.*key = sought;
  return added;
}

}  // namespace

OutletMemory& CooperativeMemory::Outlet(std::uint64_t number) {
  return FindOrAdd(outlets, &OutletMemory::number, number);
}

BankAccountMemory& CooperativeMemory::Bank(std::uint32_t code) {
  return FindOrAdd(banks, &BankAccountMemory::code, code);
}

std::string CooperativeMemory::Encode() const {
  std::string bytes;
  days.Pack(bytes);
  PackUnsigned(bytes, std::uint64_t{outlets.size()});
  for (const OutletMemory& outlet : outlets) {
    PackUnsigned(bytes, outlet.number);
    PackUnsigned(bytes, std::uint64_t{outlet.open ? 1U : 0U});
    PackSigned(bytes, outlet.since);
    outlet.days.Pack(bytes);
  }
  PackUnsigned(bytes, std::uint64_t{banks.size()});
  for (const BankAccountMemory& bank : banks) {
    PackUnsigned(bytes, std::uint64_t{bank.code});
    PackSigned(bytes, bank.since);
    PackUnsigned(bytes, std::uint64_t{bank.confirmed.size()});
    for (const Date date : bank.confirmed) {
      PackSigned(bytes, date);
    }
  }
  return bytes;
}

Result<CooperativeMemory> CooperativeMemory::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  CooperativeMemory memory;
  memory.days = ActivityDays::Unpack(unpack);
  for (std::uint64_t left = unpack.Unsigned(); left > 0 && unpack.ok(); --left) {
    OutletMemory& outlet = memory.outlets.emplace_back();
    outlet.number = unpack.Unsigned();
    outlet.open = unpack.Unsigned() != 0;
    outlet.since = static_cast<Date>(unpack.Count());
    outlet.days = ActivityDays::Unpack(unpack);
  }
  for (std::uint64_t left = unpack.Unsigned(); left > 0 && unpack.ok(); --left) {
    BankAccountMemory& bank = memory.banks.emplace_back();
    bank.code = static_cast<std::uint32_t>(unpack.Unsigned());
    bank.since = static_cast<Date>(unpack.Count());
    for (std::uint64_t dates = unpack.Unsigned(); dates > 0 && unpack.ok(); --dates) {
      bank.confirmed.push_back(static_cast<Date>(unpack.Count()));
    }
  }
  if (!unpack.done()) {
    return Status::Corruption("what is remembered of a cooperative can't be read");
  }
  return memory;
}

}  // namespace lumbung::performance
