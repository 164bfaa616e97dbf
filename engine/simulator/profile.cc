#include "engine/simulator/profile.h"

#include <array>

#include "engine/base/check.h"
#include "engine/base/decimal.h"
#include "engine/simulator/local_quarter.h"

namespace lumbung {
namespace {

// Of a hundred cooperatives so many have this size; in the mean it is 100.
struct SizeClass {
  std::int64_t of_hundred = 0;
  std::int64_t percent = 0;
  std::uint64_t outlets = 0;
};
constexpr std::array<SizeClass, 4> kSizes{{{50, 50, 2}, {30, 100, 4}, {15, 160, 5}, {5, 420, 6}}};
constexpr std::array<std::string_view, 4> kHimbara{"002", "008", "009", "200"};
constexpr std::int64_t kLastBank = 3;

constexpr std::int64_t kLoansOfHundred = 70;
constexpr std::int64_t kWeakLoansOfHundred = 5;
constexpr std::int64_t kDormantOfHundred = 4;
// A first instalment does not fall due in the first days.
constexpr std::int32_t kDaysToFirstDue = 7;
constexpr std::int32_t kWeakMonths = 5;

// By province: Papua, Maluku and the east of Nusa Tenggara are the most remote.
std::int64_t RemoteOfHundred(std::string_view village_code) {
  const std::int64_t province = ParseDecimal(village_code.substr(0, 2), 0).value_or(0);
  if (province >= 91) return 40;
  if (province == 53 || province == 81 || province == 82) return 20;
  return 2;
}

LoanTerms MakeLoan(std::int64_t size_percent, Date first_day, Random& random) {
  LoanTerms loan;
  loan.lender = kHimbara[static_cast<std::size_t>(random.Between(0, kLastBank))];
  loan.principal = random.Between(2, 6) * 50'000 * kThousandRupiah / 100 * size_percent;
  loan.first_due = DayOfMonth(first_day, 0, 12);
  if (DaysOfDate(loan.first_due) < DaysOfDate(first_day) + kDaysToFirstDue) {
    loan.first_due = DayOfMonth(first_day, 1, 12);
  }
  loan.is_weak = random.Between(1, 100) <= kWeakLoansOfHundred;
  if (loan.is_weak) {
    loan.first_due = DayOfMonth(loan.first_due, -kWeakMonths, 12);
    loan.paid_before = static_cast<std::uint32_t>(random.Between(0, kWeakMonths - 2));
  }
  return loan;
}

}  // namespace

Profile MakeProfile(const SimulationOptions& options, const SimulatedCooperative& cooperative,
                    Date first_day, Random& random) {
  Profile profile;
  profile.device = random.Next();
  std::int64_t draw = random.Between(1, 100);
  for (const SizeClass& size : kSizes) {
    profile.size_percent = size.percent;
    profile.outlets = size.outlets;
    draw -= size.of_hundred;
    if (draw <= 0) break;
  }
  profile.members.reserve(options.members);
  for (std::uint32_t i = 0; i < options.members; ++i) {
    // Random and distinct: a tenth of the range for each.
    profile.members.push_back(static_cast<std::uint64_t>(random.Between(1, 89'999)) +
                              100'000 * (i + 1));
  }
  if (random.Between(1, 100) <= kLoansOfHundred) {
    profile.loan = MakeLoan(profile.size_percent, first_day, random);
  }
  profile.is_remote = random.Between(1, 100) <= RemoteOfHundred(cooperative.village.code);
  if (random.Between(1, 100) <= kDormantOfHundred) {
    const std::int64_t day = random.Between(2, std::int64_t{options.days} + 30);
    profile.dormant_from = DateOfDays(DaysOfDate(first_day) + static_cast<std::int32_t>(day));
  }
  return profile;
}

std::string_view OutletType(std::uint64_t outlet) {
  constexpr std::array<std::string_view, 6> kTypes{"staples", "savings-and-loan", "pharmacy",
                                                   "clinic",  "warehouse",        "logistics"};
  LUMBUNG_CHECK(outlet >= 1 && outlet <= kTypes.size());
  return kTypes[outlet - 1];
}

// Parts that add up: the first ones take a sen more each.
std::int64_t InstalmentPrincipal(const LoanTerms& loan, std::uint32_t instalment) {
  return loan.principal / loan.tenor_months +
         (instalment <= loan.principal % loan.tenor_months ? 1 : 0);
}

// 6 % a year of the whole.
std::int64_t InstalmentInterest(const LoanTerms& loan) { return loan.principal / 200; }

Date InstalmentDue(const LoanTerms& loan, std::uint32_t instalment) {
  return WorkingDayFrom(DayOfMonth(loan.first_due, static_cast<std::int32_t>(instalment) - 1, 12));
}

}  // namespace lumbung
