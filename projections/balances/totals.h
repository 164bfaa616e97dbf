// Sums of debits and credits, and how many entries they are of.
#pragma once

#include <cstdint>

#include "engine/base/int128.h"

namespace lumbung {

// Minor units. Differences of sums may be negative.
struct Totals {
  Int128 debit = 0;
  Int128 credit = 0;
  std::int64_t count = 0;

  Totals& operator+=(const Totals& other) {
    debit += other.debit;
    credit += other.credit;
    count += other.count;
    return *this;
  }
  Totals& operator-=(const Totals& other) {
    debit -= other.debit;
    credit -= other.credit;
    count -= other.count;
    return *this;
  }
  friend Totals operator+(Totals a, const Totals& b) { return a += b; }
  friend Totals operator-(Totals a, const Totals& b) { return a -= b; }
  bool operator==(const Totals&) const = default;

  void AddEntry(bool is_debit, std::int64_t amount) {
    (is_debit ? debit : credit) += amount;
    ++count;
  }
};

}  // namespace lumbung
