#include "engine/simulator/cooperative_day.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/uuid.h"

namespace lumbung {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kThousandRupiah = 1'000 * 100;
constexpr std::uint64_t kLoan = 1;
constexpr std::uint64_t kBank = 2;
constexpr std::uint32_t kTenorMonths = 72;
constexpr std::int64_t kPrincipal = 500'000 * kThousandRupiah;
constexpr std::int64_t kMonthlyInterest = kPrincipal / 200;  // 6 % a year of the whole
constexpr std::int64_t kFreeOfFee = 500 * kThousandRupiah;

v1::Party PartyOf(std::string_view holder_class, std::uint64_t number) {
  v1::Party party;
  party.set_holder_class(std::string(holder_class));
  party.set_number(number);
  return party;
}

// Parts that add up: the first ones take a sen more each.
std::int64_t PrincipalOf(std::uint32_t instalment) {
  return kPrincipal / kTenorMonths + (instalment <= kPrincipal % kTenorMonths ? 1 : 0);
}

// The 12th of the month that lies so many months after the date's.
Date DueDate(Date date, std::uint32_t months) {
  const Date month = date / 10'000 * 12 + date / 100 % 100 - 1 + static_cast<Date>(months);
  return month / 12 * 10'000 + (month % 12 + 1) * 100 + 12;
}

// Zero up to Rp500,000, then 0.3 %.
std::int64_t MerchantFee(std::int64_t amount) {
  return amount <= kFreeOfFee ? 0 : amount * 3 / 1'000;
}

}  // namespace

CooperativeDay::CooperativeDay(const SimulationOptions& options,
                               const SimulatedCooperative& cooperative, Balances& balances,
                               const std::function<void(v1::Command)>& emit)
    : options_(options),
      cooperative_(cooperative),
      balances_(balances),
      emit_(emit),
      random_(options.seed, cooperative.number),
      device_(random_.Next()) {
  for (std::uint32_t i = 0; i < options.members; ++i) {
    // Random and distinct: a tenth of the range for each.
    members_.push_back(static_cast<std::uint64_t>(random_.Between(1, 89'999)) + 100'000 * (i + 1));
  }
}

void CooperativeDay::Hour(int hour) {
  const std::int64_t minutes = std::int64_t{DaysOfDate(options_.day)} * 24 * 60 + hour * 60 -
                               cooperative_.village.utc_offset_minutes;
  now_ = minutes * 60 * kSecond + random_.Between(0, 60) * kSecond;
  constexpr int kOpening = kFirstHour + 3;
  constexpr int kTradingHours = kLastHour - kOpening;
  if (hour == kFirstHour) {
    Register();
  } else if (hour == kFirstHour + 1) {
    TellYesterday();
  } else if (hour == kFirstHour + 2) {
    WorkInTheOffice();
  } else if (hour == kLastHour) {
    PayInstalment();
    CollectDues();
  } else {
    const auto done = static_cast<std::uint32_t>(hour - kOpening);
    const std::uint32_t trades =
        options_.trades * (done + 1) / kTradingHours - options_.trades * done / kTradingHours;
    for (std::uint32_t i = 0; i < trades; ++i) Trade();
  }
}

// --- Setting up ---------------------------------------------------------------------------------

void CooperativeDay::Register() {
  v1::Command command = NewCommand();
  v1::Cooperative& registered = *command.mutable_register_cooperative();
  registered.set_cooperative(cooperative_.number);
  registered.set_effective_date(DateOfDays(DaysOfDate(options_.day) - 1));
  registered.set_chart(options_.chart);
  registered.set_village_code(cooperative_.village.code);
  registered.set_utc_offset_minutes(cooperative_.village.utc_offset_minutes);
  registered.set_status(v1::Cooperative::ACTIVE);
  emit_(std::move(command));

  RegisterOutlet(1, "staples");
  RegisterOutlet(2, "savings-and-loan");
  for (const std::uint64_t number : members_) {
    v1::Command member = NewCommand();
    v1::Holder& holder = *member.mutable_change_holder();
    holder.set_cooperative(cooperative_.number);
    holder.set_holder_class("member");
    holder.set_number(number);
    holder.set_status(v1::Holder::ACTIVE);
    holder.set_effective_date(DateOfDays(DaysOfDate(options_.day) - 1));
    emit_(std::move(member));
  }
  GrantLoan();
}

void CooperativeDay::RegisterOutlet(std::uint64_t number, std::string_view type) {
  v1::Command command = NewCommand();
  v1::Holder& outlet = *command.mutable_change_holder();
  outlet.set_cooperative(cooperative_.number);
  outlet.set_holder_class("outlet");
  outlet.set_number(number);
  outlet.set_status(v1::Holder::ACTIVE);
  outlet.set_effective_date(DateOfDays(DaysOfDate(options_.day) - 1));
  outlet.mutable_outlet()->set_village_code(cooperative_.village.code);
  outlet.mutable_outlet()->set_type(std::string(type));
  outlet.mutable_outlet()->set_nmid(
      "ID" + std::to_string(1'000'000'000'000 + cooperative_.number * 10 + number));
  emit_(std::move(command));
}

void CooperativeDay::GrantLoan() {
  v1::Command command = NewCommand();
  v1::Loan& loan = *command.mutable_grant_loan();
  loan.set_cooperative(cooperative_.number);
  loan.set_loan(kLoan);
  loan.set_scheme("pmk-49-2025");
  loan.set_scheme_version(1);
  loan.set_lender("002");
  for (v1::Party* party : {loan.mutable_debtor(), loan.mutable_beneficiary(), loan.mutable_payer(),
                           loan.mutable_asset_owner()}) {
    *party = Self();
  }
  loan.set_principal(kPrincipal);
  loan.set_annual_rate_ppm(60'000);
  loan.set_tenor_months(kTenorMonths);
  loan.set_granted_date(DateOfDays(DaysOfDate(options_.day) - 1));
  v1::LoanSchedule& schedule = *loan.mutable_schedule();
  schedule.set_cooperative(cooperative_.number);
  schedule.set_loan(kLoan);
  schedule.set_version(1);
  for (std::uint32_t number = 1; number <= kTenorMonths; ++number) {
    v1::Instalment& instalment = *schedule.add_instalments();
    instalment.set_number(number);
    instalment.set_due_date(DueDate(options_.day, number - 1));
    instalment.mutable_due()->set_principal(PrincipalOf(number));
    instalment.mutable_due()->set_interest(kMonthlyInterest);
  }
  emit_(std::move(command));
}

// --- The day before, told late ------------------------------------------------------------------

void CooperativeDay::TellYesterday() {
  const Date yesterday = DateOfDays(DaysOfDate(options_.day) - 1);
  const std::int64_t grant = Thousands(20'000, 60'000);
  v1::Transaction granted = NewTransaction("grant", "rtgs", v1::Transaction::FACT);
  granted.set_business_date(yesterday);
  Post(std::move(granted), {{1111, grant}, {3201, -grant}});
  for (const std::uint64_t member : members_) {
    v1::Transaction dues = NewTransaction("dues", "cash", v1::Transaction::FACT);
    dues.set_business_date(yesterday);
    const std::int64_t amount = 100 * kThousandRupiah;
    Post(std::move(dues), {{1101, amount}, {3101, -amount, member}});
  }
  for (int i = 0; i < 3; ++i) Sell(yesterday);
}

// --- Morning ------------------------------------------------------------------------------------

void CooperativeDay::SettleYesterdaysSales() {
  v1::Transaction settlement = NewTransaction("settlement", "qris", v1::Transaction::FACT);
  if (unsettled_fee_ == 0) {
    Post(std::move(settlement), {{1111, unsettled_}, {1121, -unsettled_}});
  } else {
    Post(std::move(settlement),
         {{1111, unsettled_ - unsettled_fee_}, {6102, unsettled_fee_}, {1121, -unsettled_}});
  }
}

void CooperativeDay::WorkInTheOffice() {
  SettleYesterdaysSales();
  const std::int64_t stock = Thousands(5'000, 20'000);
  Post(NewTransaction("purchase", "journal", v1::Transaction::REQUEST),
       {{1141, stock}, {2101, -stock}});
  const std::int64_t paid = Thousands(1'000, 5'000);
  Post(NewTransaction("payment", "bi-fast", v1::Transaction::REQUEST),
       {{2101, paid}, {1111, -paid}});
  // Out of the operating bank account: agent float, bill-payment deposit, loan payment account.
  for (const std::uint32_t code : {1113u, 1114u, 1112u}) {
    const std::int64_t amount = Thousands(10'000, 12'000);
    Post(NewTransaction("transfer", "internal-transfer", v1::Transaction::REQUEST),
         {{code, amount}, {1111, -amount}});
  }
  PayOutLoan();
}

void CooperativeDay::PayOutLoan() {
  v1::Transaction paid = NewTransaction("loan-disbursement", "rtgs", v1::Transaction::FACT);
  paid.mutable_loan_disbursement()->set_loan(kLoan);
  *paid.mutable_loan_disbursement()->mutable_vendor() = PartyOf("vendor", 7);
  const std::int64_t vehicle = kPrincipal * 3 / 5;
  Post(std::move(paid),
       {{1201, vehicle}, {1171, kPrincipal - vehicle}, {2131, -kPrincipal, kLoan}});
}

// --- Evening ------------------------------------------------------------------------------------

void CooperativeDay::PayInstalment() {
  const std::int64_t principal = PrincipalOf(1);
  v1::Transaction paid = NewTransaction("loan-instalment", "direct-debit", v1::Transaction::FACT);
  v1::LoanRepayment& repayment = *paid.mutable_loan_repayment();
  repayment.set_loan(kLoan);
  repayment.add_instalments(1);
  repayment.set_due_date(DueDate(options_.day, 0));
  repayment.mutable_split()->set_principal(principal);
  repayment.mutable_split()->set_interest(kMonthlyInterest);
  repayment.mutable_outstanding()->set_principal(kPrincipal - principal);
  *repayment.mutable_payer() = Self();
  *paid.mutable_party() = PartyOf("bank", kBank);
  Post(std::move(paid),
       {{2131, principal, kLoan}, {6201, kMonthlyInterest}, {1112, -principal - kMonthlyInterest}});
}

void CooperativeDay::CollectDues() {
  for (const std::uint64_t member : members_) {
    if (random_.Between(1, 3) != 1) continue;
    const std::int64_t dues = 10 * kThousandRupiah;
    Post(NewTransaction("dues", "virtual-account", v1::Transaction::FACT),
         {{1111, dues}, {3102, -dues, member}});
  }
}

// --- Trade --------------------------------------------------------------------------------------

void CooperativeDay::Trade() {
  const std::int64_t what = random_.Between(1, 100);
  if (what <= 60) {
    Sell(options_.day);
  } else if (what <= 75) {
    Save();
  } else if (what <= 87) {
    ServeAsAgent();
  } else {
    PayBill();
  }
}

void CooperativeDay::Sell(Date business_date) {
  const bool today = business_date == options_.day;
  const bool qris = !today || random_.Between(1, 3) != 1;
  const bool to_member = random_.Between(1, 2) == 1;
  const std::int64_t price = random_.Between(1, 10) == 1 ? Thousands(500, 900) : Thousands(5, 200);
  const std::int64_t cost = price * random_.Between(70, 90) / 100;
  v1::Transaction sale = NewTransaction("sale", qris ? "qris" : "cash", v1::Transaction::FACT);
  sale.set_outlet(1);
  sale.set_business_date(business_date);
  if (!today) sale.set_occurred_at(now_ - 24 * 3'600 * kSecond);
  if (to_member) *sale.mutable_party() = PartyOf("member", Member());
  if (qris) {
    v1::ExternalReference& reference = *sale.add_external_references();
    reference.set_scheme("RRN");
    reference.set_value(std::to_string(random_.Between(100'000'000'000, 999'999'999'999)));
  }
  if (!today) {
    unsettled_ += price;
    unsettled_fee_ += MerchantFee(price);
  }
  Post(std::move(sale), {{qris ? 1121u : 1101u, price},
                         {to_member ? 4101u : 4102u, -price},
                         {5101, cost},
                         {1141, -cost}});
}

void CooperativeDay::Save() {
  const std::uint64_t member = Member();
  const AccountKey savings{cooperative_.number, 2111, kIdr, member};
  const auto held = balances_.find(savings);
  const std::int64_t saved = held == balances_.end() ? 0 : -held->second / kThousandRupiah;
  const bool withdraw = saved > 0 && random_.Between(1, 3) == 1;
  const std::int64_t amount = withdraw ? Thousands(1, saved) : Thousands(10, 500);
  v1::Transaction transaction =
      NewTransaction(withdraw ? "savings-withdrawal" : "savings-deposit", "cash",
                     withdraw ? v1::Transaction::REQUEST : v1::Transaction::FACT);
  transaction.set_outlet(2);
  if (withdraw) {
    Post(std::move(transaction), {{2111, amount, member}, {1102, -amount}});
  } else {
    Post(std::move(transaction), {{1102, amount}, {2111, -amount, member}});
  }
}

void CooperativeDay::ServeAsAgent() {
  const bool cash_in = random_.Between(1, 2) == 1;
  const std::int64_t amount = Thousands(100, 1'000);
  const std::int64_t fee = 5 * kThousandRupiah;
  v1::Transaction served = NewTransaction(cash_in ? "agent-cash-in" : "agent-cash-out",
                                          "agent-banking", v1::Transaction::FACT);
  served.set_outlet(2);
  if (cash_in) {
    Post(std::move(served), {{1101, amount + fee}, {1113, -amount}, {4301, -fee}});
  } else {
    Post(std::move(served), {{1113, amount}, {1101, fee}, {1101, -amount}, {4301, -fee}});
  }
}

void CooperativeDay::PayBill() {
  const std::int64_t bill = Thousands(20, 400);
  const std::int64_t fee = kThousandRupiah;
  v1::Transaction paid = NewTransaction("bill-payment", "cash", v1::Transaction::FACT);
  paid.set_outlet(1);
  Post(std::move(paid), {{1101, bill + fee}, {1114, -bill}, {4302, -fee}});
}

// --- Making commands ----------------------------------------------------------------------------

v1::Command CooperativeDay::NewCommand() {
  v1::Command command;
  command.set_command_id(NewId());
  return command;
}

v1::Transaction CooperativeDay::NewTransaction(std::string_view kind, std::string_view channel,
                                               v1::Transaction::Nature nature) {
  v1::Transaction transaction;
  transaction.set_transaction_id(NewId());
  transaction.set_cooperative(cooperative_.number);
  transaction.set_kind(std::string(kind));
  transaction.set_channel(std::string(channel));
  transaction.set_nature(nature);
  transaction.set_occurred_at(now_);
  transaction.set_business_date(options_.day);
  transaction.mutable_origin()->set_device(device_);
  transaction.mutable_origin()->set_sequence(++device_sequence_);
  return transaction;
}

void CooperativeDay::Post(v1::Transaction transaction, std::initializer_list<Leg> legs) {
  std::int64_t sum = 0;
  for (const Leg& leg : legs) {
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(leg.code);
    entry.set_holder(leg.holder);
    if (leg.amount > 0) {
      entry.set_debit(leg.amount);
    } else {
      entry.set_credit(-leg.amount);
    }
    balances_[AccountKey{cooperative_.number, leg.code, kIdr, leg.holder}] += leg.amount;
    sum += leg.amount;
  }
  LUMBUNG_CHECK(sum == 0);
  v1::Command command;
  *command.mutable_post() = std::move(transaction);
  emit_(std::move(command));
}

// The clock moves on with each id.
std::string CooperativeDay::NewId() {
  now_ += random_.Between(1, 60) * kSecond;
  const std::uint64_t a = random_.Next();
  return FormatUuid(UuidV7(static_cast<std::uint64_t>(now_ / 1'000), a, random_.Next()));
}

std::uint64_t CooperativeDay::Member() {
  return members_[static_cast<std::size_t>(
      random_.Between(0, static_cast<std::int64_t>(members_.size()) - 1))];
}

std::int64_t CooperativeDay::Thousands(std::int64_t lowest, std::int64_t highest) {
  return random_.Between(lowest, highest) * kThousandRupiah;
}

v1::Party CooperativeDay::Self() const { return PartyOf("cooperative", cooperative_.number); }

}  // namespace lumbung
