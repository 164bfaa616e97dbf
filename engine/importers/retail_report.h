// What became of every line of a retail import, and the check that nothing got lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lumbung {

// A thousandth of a penny: 100,000 to the pound. Products of whole quantities and prices with up to
// five decimals are whole numbers of it.
using Millipence = std::int64_t;
inline constexpr unsigned kMillipenceDecimals = 5;
inline constexpr Millipence kMillipencePerPenny = 1'000;

// Rounds half to even.
std::int64_t RoundToPence(Millipence amount);

// Sums are signed: refunds count below zero.
struct RetailReport {
  struct Skipped {
    std::string invoice;
    std::int64_t lines = 0;
    Millipence amount = 0;
    std::string_view reason;
  };
  struct Refused {
    std::string invoice;
    std::int64_t pence = 0;
    std::string reason;
  };

  std::int64_t files = 0;
  std::int64_t lines = 0;
  std::int64_t invoices = 0;
  std::int64_t sales = 0;
  std::int64_t refunds = 0;
  // Summed line by line as the files were read, apart from everything below.
  Millipence exact_total = 0;
  // What the transactions amount to, and what rounding to pence left over.
  std::int64_t posted_pence = 0;
  Millipence residues = 0;
  std::int64_t rounded = 0;
  // Invoices that are no transactions, in order of (time, number).
  std::vector<Skipped> skipped;
  Millipence skipped_total = 0;
  // Transactions that the ledger did not take after all.
  std::vector<Refused> refused;
  std::int64_t refused_pence = 0;

  // Takes a transaction out of the posted ones: the ledger has refused it.
  void AddRefusal(std::string_view invoice, std::int64_t pence, std::string reason);

  // Whether posted + refused + residues + skipped is the exact total.
  bool Reconciles() const;
  // For a person; lists up to `most_listed` invoices of each reason.
  std::string ToText(std::size_t most_listed = SIZE_MAX) const;
  // Amounts are strings of pounds.
  std::string ToJson() const;
};

}  // namespace lumbung
