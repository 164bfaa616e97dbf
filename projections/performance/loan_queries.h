// Questions about the loans of a cooperative: terms, what the bank says of them, what fell due and
// was paid, and the events behind that. Thread-safe: they share nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/performance.pb.h"

namespace lumbung::performance {

namespace v1 = ledger::v1;

// The newest events of a loan that are told.
inline constexpr std::size_t kMostLoanEvents = 200;

// In the order of their numbers; what fell due and what the bank said by the end of a day. Loans in
// another currency than rupiah have neither status nor due. NotFound for a cooperative that is not
// registered.
Result<std::vector<v1::LoanInfo>> LoansOf(const RowReader& rows, std::uint64_t cooperative,
                                          Date day);

}  // namespace lumbung::performance
