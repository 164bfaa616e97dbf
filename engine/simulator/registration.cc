// The first morning of a simulated cooperative: what it is, and what it did the day before.
#include "engine/simulator/cooperative_life.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kLoan = 1;

}  // namespace

void CooperativeLife::Register() {
  const Date effective = DateOfDays(DaysOfDate(first_day_) - 1);
  v1::Command command = NewCommand();
  v1::Cooperative& registered = *command.mutable_register_cooperative();
  registered.set_cooperative(cooperative_.number);
  registered.set_effective_date(effective);
  registered.set_chart(options_.chart);
  registered.set_village_code(cooperative_.village.code);
  registered.set_utc_offset_minutes(cooperative_.village.utc_offset_minutes);
  registered.set_status(v1::Cooperative::ACTIVE);
  teller_->Tell(command, now_);

  for (std::uint64_t outlet = 1; outlet <= profile_.outlets; ++outlet) {
    RegisterHolder("outlet", outlet);
  }
  for (const std::uint64_t member : profile_.members) RegisterHolder("member", member);
  if (profile_.loan.principal != 0) GrantLoan();
}

void CooperativeLife::RegisterHolder(std::string_view holder_class, std::uint64_t number) {
  v1::Command command = NewCommand();
  v1::Holder& holder = *command.mutable_change_holder();
  holder.set_cooperative(cooperative_.number);
  holder.set_holder_class(std::string(holder_class));
  holder.set_number(number);
  holder.set_status(v1::Holder::ACTIVE);
  holder.set_effective_date(DateOfDays(DaysOfDate(first_day_) - 1));
  if (holder_class == "outlet") {
    holder.mutable_outlet()->set_village_code(cooperative_.village.code);
    holder.mutable_outlet()->set_type(std::string(OutletType(number)));
    holder.mutable_outlet()->set_nmid(
        "ID" + std::to_string(1'000'000'000'000 + cooperative_.number * 10 + number));
  }
  teller_->Tell(command, now_);
}

void CooperativeLife::GrantLoan() {
  const LoanTerms& terms = profile_.loan;
  v1::Command command = NewCommand();
  v1::Loan& loan = *command.mutable_grant_loan();
  loan.set_cooperative(cooperative_.number);
  loan.set_loan(kLoan);
  loan.set_scheme("pmk-49-2025");
  loan.set_scheme_version(1);
  loan.set_lender(std::string(terms.lender));
  for (v1::Party* party : {loan.mutable_debtor(), loan.mutable_beneficiary(), loan.mutable_payer(),
                           loan.mutable_asset_owner()}) {
    *party = Self();
  }
  loan.set_principal(terms.principal);
  loan.set_annual_rate_ppm(60'000);
  loan.set_tenor_months(terms.tenor_months);
  loan.set_granted_date(terms.is_weak ? DayOfMonth(terms.first_due, -1, 12)
                                      : DateOfDays(DaysOfDate(first_day_) - 1));
  v1::LoanSchedule& schedule = *loan.mutable_schedule();
  schedule.set_cooperative(cooperative_.number);
  schedule.set_loan(kLoan);
  schedule.set_version(1);
  for (std::uint32_t number = 1; number <= terms.tenor_months; ++number) {
    v1::Instalment& instalment = *schedule.add_instalments();
    instalment.set_number(number);
    instalment.set_due_date(InstalmentDue(terms, number));
    instalment.mutable_due()->set_principal(InstalmentPrincipal(terms, number));
    instalment.mutable_due()->set_interest(InstalmentInterest(terms));
  }
  teller_->Tell(command, now_);
}

v1::Transaction& CooperativeLife::BeginYesterday(std::string_view kind, std::string_view channel) {
  v1::Transaction& transaction = Begin(kind, channel, 0);
  SetYesterday(transaction);
  return transaction;
}

// Told late: at the same time of the day, or an hour later.
void CooperativeLife::SetYesterday(v1::Transaction& transaction) const {
  transaction.set_business_date(DateOfDays(DaysOfDate(first_day_) - 1));
  transaction.set_occurred_at(now_ - kQuartersADay * kQuarterMicros + 3'600 * kSecondMicros);
}

void CooperativeLife::TellYesterday() {
  const std::int64_t grant = BySize(Thousands(40'000, 80'000));
  BeginYesterday("grant", "rtgs");
  Post({{1111, grant}, {3201, -grant}});
  const std::int64_t stock = BySize(Thousands(20'000, 30'000));
  BeginYesterday("purchase", "journal");
  Post({{1141, stock}, {2101, -stock}});
  // Cash for tills, agent float, deposit for bill payments.
  for (const std::uint32_t code : {1101u, 1102u, 1113u, 1114u}) {
    const std::int64_t amount = BySize(Thousands(3'000, 4'000));
    BeginYesterday("transfer", "internal-transfer");
    Post({{code, amount}, {1111, -amount}});
  }
  if (profile_.loan.is_weak) {
    const std::int64_t owed = Outstanding();
    BeginYesterday("opening-balance", "journal");
    Post({{1201, owed}, {2131, -owed, kLoan}});
  }
  for (const std::uint64_t member : profile_.members) {
    BeginYesterday("dues", "cash");
    const std::int64_t dues = 100 * kThousandRupiah;
    Post({{1101, dues}, {3101, -dues, member}});
  }
  for (int i = 0; i < 3; ++i) Sell(true);
}

}  // namespace lumbung
