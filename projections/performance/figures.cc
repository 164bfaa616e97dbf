#include "projections/performance/figures.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lumbung::performance {
namespace {

constexpr Int128 kMillion = 1'000'000;
// Grades from this one on are non-performing.
constexpr std::size_t kFirstBadGrade = 3;

}  // namespace

std::optional<std::int64_t> PartsPerMillion(Int128 part, Int128 whole) {
  if (whole <= 0) {
    return std::nullopt;
  }
  constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(part * kMillion / whole, -kMost, kMost));
}

Subject Subject::OfRegion(RegionCode region) {
  Subject subject;
  subject.region = region;
  return subject;
}

Subject Subject::OfVillage(std::string code) {
  Subject subject;
  subject.kind = Kind::kVillage;
  subject.village = std::move(code);
  return subject;
}

Subject Subject::OfCooperative(std::uint64_t cooperative) {
  Subject subject;
  subject.kind = Kind::kCooperative;
  subject.cooperative = cooperative;
  return subject;
}

Subject Subject::OfOutlet(std::uint64_t cooperative, std::uint64_t outlet) {
  Subject subject = OfCooperative(cooperative);
  subject.kind = Kind::kOutlet;
  subject.outlet = outlet;
  return subject;
}

Int128 Standing::AllOutstanding() const {
  Int128 all = 0;
  for (const Int128 amount : outstanding) {
    all += amount;
  }
  return all;
}

std::optional<std::int64_t> Standing::NplPpm() const {
  Int128 bad = 0;
  for (std::size_t i = kFirstBadGrade - 1; i < outstanding.size(); ++i) {
    bad += outstanding[i];
  }
  return PartsPerMillion(bad, AllOutstanding());
}

std::optional<std::int64_t> Standing::RepaymentPpm() const {
  return PartsPerMillion(instalments_paid, instalments_due);
}

std::optional<std::int64_t> Standing::ConfirmedPpm() const {
  return PartsPerMillion(confirmed_bank_accounts, bank_accounts);
}

MeasureSource SourceOf(Measure measure) {
  if (measure == Measure::kActiveMembers) {
    return MeasureSource::kMembers;
  }
  if (measure == Measure::kActiveCooperatives || measure == Measure::kActiveOutlets) {
    return MeasureSource::kActivity;
  }
  return measure < Measure::kPrincipalDues ? MeasureSource::kDays : MeasureSource::kStanding;
}

bool IsShare(Measure measure) {
  return measure == Measure::kNplShare || measure == Measure::kRepaymentShare ||
         measure == Measure::kConfirmedShare;
}

std::optional<Int128> ValueOf(const Figures& figures, Measure measure) {
  // The standing of what has none is never looked at.
  static const Standing kNone;
  if (SourceOf(measure) == MeasureSource::kStanding && !figures.standing.has_value()) {
    return std::nullopt;
  }
  const Standing& standing = figures.standing.has_value() ? *figures.standing : kNone;
  switch (measure) {
    case Measure::kTransactions:
      return figures.flow.transactions;
    case Measure::kSales:
      return figures.flow.sales;
    case Measure::kTurnover:
      return figures.flow.turnover;
    case Measure::kMemberTurnover:
      return figures.flow.member_turnover;
    case Measure::kSurplus:
      return figures.surplus;
    case Measure::kIntercepts:
      return figures.intercepts;
    case Measure::kLate:
      return figures.late;
    case Measure::kReversals:
      return figures.reversals;
    case Measure::kLagP50:
      return figures.lag.p50;
    case Measure::kLagP99:
      return figures.lag.p99;
    case Measure::kActiveMembers:
      return figures.active_members.members;
    case Measure::kActiveCooperatives:
      return figures.activity.cooperatives;
    case Measure::kActiveOutlets:
      return figures.activity.outlets;
    case Measure::kPrincipalDues:
      return standing.principal_dues;
    case Measure::kMandatoryDues:
      return standing.mandatory_dues;
    case Measure::kVoluntarySavings:
      return standing.voluntary_savings;
    case Measure::kTermSavings:
      return standing.term_savings;
    case Measure::kMemberLoans:
      return standing.member_loans;
    case Measure::kBankLoans:
      return standing.bank_loans;
    case Measure::kOutstanding:
      return standing.AllOutstanding();
    case Measure::kNplShare:
      return standing.NplPpm();
    case Measure::kRepaymentShare:
      return standing.RepaymentPpm();
    case Measure::kCooperatives:
      return standing.cooperatives;
    case Measure::kDormantWeek:
      return standing.dormant_week;
    case Measure::kDormantMonth:
      return standing.dormant_month;
    case Measure::kOpenOutlets:
      return standing.open_outlets;
    case Measure::kConfirmedShare:
      return standing.ConfirmedPpm();
  }
  return std::nullopt;
}

}  // namespace lumbung::performance
