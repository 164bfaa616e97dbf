// What a bank said of a loan for the end of a day, as its row has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/status.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::performance {

namespace v1 = ledger::v1;

// Collectability in five grades, as banks count it: 1 current, 2 up to 90 days past due, 3 up to
// 120, 4 up to 180, 5 more.
std::uint32_t GradeOf(std::uint32_t days_past_due);

struct LoanStatement {
  std::uint32_t days_past_due = 0;
  v1::LoanSplit outstanding;
  // The event that told it.
  std::uint64_t sequence = 0;

  std::uint32_t grade() const { return GradeOf(days_past_due); }
  std::string Encode() const;
  // Corruption where it is none.
  static Result<LoanStatement> Parse(std::string_view bytes);
};

}  // namespace lumbung::performance
