// What is told of a region, cooperative or outlet: figures of some days, and how things stood at
// the end of one. Amounts are rupiah in sen; README.md says what each figure counts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "projections/performance/day_row.h"
#include "projections/performance/lag.h"
#include "projections/performance/stock_series.h"
#include "projections/regions/region_code.h"

namespace lumbung::performance {

// Rounded towards zero; nothing where the whole is not above zero.
std::optional<std::int64_t> PartsPerMillion(Int128 part, Int128 whole);

// Whose figures are asked for.
struct Subject {
  enum class Kind : std::uint8_t { kRegion, kVillage, kCooperative, kOutlet };

  static Subject OfRegion(RegionCode region);
  // By the code that its cooperatives carry, whether the list has it or not; may be empty.
  static Subject OfVillage(std::string code);
  static Subject OfCooperative(std::uint64_t cooperative);
  static Subject OfOutlet(std::uint64_t cooperative, std::uint64_t outlet);

  bool operator==(const Subject&) const = default;

  Kind kind = Kind::kRegion;
  RegionCode region;
  std::string village;
  std::uint64_t cooperative = 0;
  std::uint64_t outlet = 0;
};

// How many different members were active in the days up to one. An estimate is off by its standard
// error in a third of all cases, by three times that in one of three hundred.
struct MemberCount {
  std::uint64_t members = 0;
  // Relative; 0 where it is exact.
  double standard_error = 0;
  std::int32_t days = 0;
};

struct ChannelFigures {
  std::string channel;
  Flow flow;
};

// From occurred to recorded, in microseconds.
struct LagFigures {
  std::int64_t transactions = 0;
  std::int64_t p50 = 0;
  std::int64_t p99 = 0;
  // What they are off by at most, of themselves.
  double relative_error = kLagError;
};

// How things stood at the end of a day, by what is known now.
struct Standing {
  Date day = 0;
  // Balances of cooperatives' books, in the direction in which they grow.
  Int128 principal_dues = 0;
  Int128 mandatory_dues = 0;
  Int128 voluntary_savings = 0;
  Int128 term_savings = 0;
  Int128 member_loans = 0;
  Int128 bank_loans = 0;
  // Principal outstanding as banks reported it last, of collectability 1 to 5.
  std::array<Int128, kGrades> outstanding{};
  // Principal and interest of banks' loans that fell due, and that was paid, ever since.
  Int128 instalments_due = 0;
  Int128 instalments_paid = 0;
  // Active or closing; of those, the ones that had no activity in 7 and in 30 days.
  std::int64_t cooperatives = 0;
  std::int64_t dormant_week = 0;
  std::int64_t dormant_month = 0;
  // Registered and not closed.
  std::int64_t open_outlets = 0;
  // Accounts at banks; of those, the ones whose balance the bank confirmed in the last 31 days.
  std::int64_t bank_accounts = 0;
  std::int64_t confirmed_bank_accounts = 0;

  Int128 AllOutstanding() const;
  // Parts per million: grades 3 to 5 of all outstanding; paid of due; confirmed of all accounts.
  std::optional<std::int64_t> NplPpm() const;
  std::optional<std::int64_t> RepaymentPpm() const;
  std::optional<std::int64_t> ConfirmedPpm() const;
};

// Different ones that were active in the days up to `to`: all those asked for, but 30 at most.
struct ActivityFigures {
  std::int64_t cooperatives = 0;
  std::int64_t outlets = 0;
  std::int32_t days = 0;
};

struct Figures {
  Date from = 0;
  Date to = 0;
  Flow flow;
  // By name; shares are of the flow.
  std::vector<ChannelFigures> channels;
  Int128 surplus = 0;
  Int128 intercepts = 0;
  std::int64_t late = 0;
  std::int64_t reversals = 0;
  LagFigures lag;
  ActivityFigures activity;
  // In the 30 days up to `to`.
  MemberCount active_members;
  // At the end of `to`; nothing for an outlet, which has no books of its own.
  std::optional<Standing> standing;
};

// One figure of those above, for lists. Shares are parts of a million.
enum class Measure : std::uint8_t {
  kTransactions,
  kSales,
  kTurnover,
  kMemberTurnover,
  kSurplus,
  kIntercepts,
  kLate,
  kReversals,
  kLagP50,
  kLagP99,
  kActiveMembers,
  kActiveCooperatives,
  kActiveOutlets,
  kPrincipalDues,
  kMandatoryDues,
  kVoluntarySavings,
  kTermSavings,
  kMemberLoans,
  kBankLoans,
  kOutstanding,
  kNplShare,
  kRepaymentShare,
  kCooperatives,
  kDormantWeek,
  kDormantMonth,
  kOpenOutlets,
  kConfirmedShare,
};

// Where a measure is found: in the days, in who was active, or in the standing.
enum class MeasureSource : std::uint8_t { kDays, kMembers, kActivity, kStanding };
MeasureSource SourceOf(Measure measure);
bool IsShare(Measure measure);

// Nothing for a share of nothing, and for the standing of an outlet.
std::optional<Int128> ValueOf(const Figures& figures, Measure measure);

}  // namespace lumbung::performance
