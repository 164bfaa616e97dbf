// What is remembered of a cooperative from one event to the next: when it and its outlets were
// active, and its accounts at banks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/performance/activity.h"

namespace lumbung::performance {

struct OutletMemory {
  std::uint64_t number = 0;
  // Registered and not closed, since when.
  bool open = false;
  Date since = 0;
  ActivityDays days;
};

struct BankAccountMemory {
  std::uint32_t code = 0;
  // First posted to.
  Date since = 0;
  // When its balance was confirmed, ascending.
  std::vector<Date> confirmed;
};

struct CooperativeMemory {
  ActivityDays days;
  // Ascending by number and by code.
  std::vector<OutletMemory> outlets;
  std::vector<BankAccountMemory> banks;

  // Finds or adds one.
  OutletMemory& Outlet(std::uint64_t number);
  BankAccountMemory& Bank(std::uint32_t code);

  std::string Encode() const;
  static Result<CooperativeMemory> Parse(std::string_view bytes);
};

}  // namespace lumbung::performance
