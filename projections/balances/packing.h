// Totals in rows.
#pragma once

#include <cstdint>
#include <string>

#include "projections/balances/totals.h"
#include "projections/runtime/packing.h"

namespace lumbung {

inline void PackTotals(std::string& out, const Totals& totals) {
  PackSigned(out, totals.debit);
  PackSigned(out, totals.credit);
  PackSigned(out, totals.count);
}

// Zeros where they can't be read: see Unpacker.
inline Totals UnpackTotals(Unpacker& unpack) {
  Totals totals;
  totals.debit = unpack.Signed();
  totals.credit = unpack.Signed();
  totals.count = unpack.Count();
  return totals;
}

}  // namespace lumbung
