// What a simulated cooperative is: its size, outlets, members, loan, and what becomes of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/simulator/random.h"
#include "engine/simulator/simulator.h"

namespace lumbung {

constexpr std::int64_t kThousandRupiah = 1'000 * 100;

struct LoanTerms {
  // 0: no loan.
  std::int64_t principal = 0;
  std::uint32_t tenor_months = 72;
  std::string_view lender;
  // Of the first instalment's month.
  Date first_due = 0;
  // Instalments that were paid before the simulation begins; the bank's word.
  std::uint32_t paid_before = 0;
  // Granted months before the simulation begins, and ill paid.
  bool is_weak = false;
};

struct Profile {
  std::int64_t size_percent = 100;
  // Outlets 1 to so many; what they are: OutletType.
  std::uint64_t outlets = 2;
  std::vector<std::uint64_t> members;
  std::uint64_t device = 0;
  LoanTerms loan;
  // In a village that is offline for days now and then.
  bool is_remote = false;
  // The first day without trade; 0: never.
  Date dormant_from = 0;
};

Profile MakeProfile(const SimulationOptions& options, const SimulatedCooperative& cooperative,
                    Date first_day, Random& random);

// Outlets that every cooperative has.
inline constexpr std::uint64_t kStaplesOutlet = 1;
inline constexpr std::uint64_t kSavingsOutlet = 2;

// REQUIRES: 1 <= outlet <= 6
std::string_view OutletType(std::uint64_t outlet);

std::int64_t InstalmentPrincipal(const LoanTerms& loan, std::uint32_t instalment);
std::int64_t InstalmentInterest(const LoanTerms& loan);
// The 12th, or the next working day.
Date InstalmentDue(const LoanTerms& loan, std::uint32_t instalment);

}  // namespace lumbung
