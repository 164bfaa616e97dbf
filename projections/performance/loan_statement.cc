#include "projections/performance/loan_statement.h"

#include <limits>

#include "projections/runtime/packing.h"

namespace lumbung::performance {

std::uint32_t GradeOf(std::uint32_t days_past_due) {
  if (days_past_due == 0) {
    return 1;
  }
  if (days_past_due <= 90) {
    return 2;
  }
  if (days_past_due <= 120) {
    return 3;
  }
  return days_past_due <= 180 ? 4 : 5;
}

std::string LoanStatement::Encode() const {
  std::string bytes;
  PackUnsigned(bytes, std::uint64_t{days_past_due});
  PackSigned(bytes, outstanding.principal());
  PackSigned(bytes, outstanding.interest());
  PackSigned(bytes, outstanding.penalty());
  PackSigned(bytes, outstanding.fee());
  PackUnsigned(bytes, sequence);
  return bytes;
}

Result<LoanStatement> LoanStatement::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  LoanStatement statement;
  const std::uint64_t days = unpack.Unsigned();
  statement.days_past_due = static_cast<std::uint32_t>(days);
  statement.outstanding.set_principal(unpack.Count());
  statement.outstanding.set_interest(unpack.Count());
  statement.outstanding.set_penalty(unpack.Count());
  statement.outstanding.set_fee(unpack.Count());
  statement.sequence = unpack.Unsigned();
  if (!unpack.done() || days > std::numeric_limits<std::uint32_t>::max()) {
    return Status::Corruption("what a bank said of a loan can't be read");
  }
  return statement;
}

}  // namespace lumbung::performance
