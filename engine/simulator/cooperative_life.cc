#include "engine/simulator/cooperative_life.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/uuid.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMillisecond = 1'000;
constexpr int kRegistration = 5 * 4;
constexpr int kYesterday = kRegistration + 1;
constexpr int kOffice = 8 * 4;
constexpr int kNetworkBack = 9 * 4;
constexpr int kBankDebits = 10 * 4;
constexpr int kClosing = kCountersClose;
// A remote village is cut off on one of so many days, for as many at the most.
constexpr std::int64_t kDaysBetweenCuts = 10;
constexpr std::int64_t kLongestCut = 4;

std::int64_t Amount(const v1::Entry& entry) {
  return entry.has_debit() ? entry.debit() : -entry.credit();
}

}  // namespace

CooperativeLife::CooperativeLife(const SimulationOptions& options,
                                 const SimulatedCooperative& cooperative)
    : options_(options),
      cooperative_(cooperative),
      random_(options.seed, cooperative.number),
      first_day_(
          DateOfDays(DaysOfDate(options.day) + 1 - static_cast<std::int32_t>(options.days))) {
  profile_ = MakeProfile(options, cooperative, first_day_, random_);
  instalments_paid_ = profile_.loan.paid_before;
}

// --- The day ------------------------------------------------------------------------------------

void CooperativeLife::Live(const LocalQuarter& local, std::uint32_t times, Teller& teller) {
  local_ = local;
  teller_ = &teller;
  SetTime(local.start);
  if (local.date != today_) BeginDay();
  if (local.date == first_day_ && local.quarter <= kYesterday) {
    if (local.quarter == kRegistration) Register();
    if (local.quarter == kYesterday) TellYesterday();
    return;
  }
  if (local.quarter == kOffice) WorkInTheOffice();
  if (local.quarter == kNetworkBack && is_offline_ && today_ >= offline_until_) ComeBack();
  if (local.quarter == kBankDebits) PayInstalment();
  const std::int64_t trades = TradesOf(local, times);
  const bool open = local.quarter >= kCountersOpen && local.quarter < kCountersClose;
  for (std::int64_t i = 0; i < trades; ++i) {
    const std::int64_t part = kQuarterMicros / trades;
    SetTime(local.start + i * part + random_.Between(0, part - 1));
    if (open) {
      Trade();
    } else {
      TradeInTheApp();
    }
  }
  if (local.quarter == kClosing) CloseTheDay();
  if (!frauds_.empty()) CommitFrauds();
}

void CooperativeLife::BeginDay() {
  today_ = local_.date;
  unsettled_ += std::exchange(unsettled_today_, 0);
  unsettled_fee_ += std::exchange(unsettled_fee_today_, 0);
  if (profile_.is_remote && !is_offline_ && today_ != first_day_ &&
      random_.Between(1, kDaysBetweenCuts) == 1) {
    const auto days = static_cast<std::int32_t>(random_.Between(1, kLongestCut));
    offline_until_ = DateOfDays(DaysOfDate(today_) + days);
    is_offline_ = true;
  }
}

bool CooperativeLife::IsDormant() const {
  return profile_.dormant_from != 0 && today_ >= profile_.dormant_from;
}

// As its device sends what it kept: soon after each other, in order.
void CooperativeLife::ComeBack() {
  is_offline_ = false;
  for (const std::string& bytes : std::exchange(backlog_, {})) {
    now_ += random_.Between(1, 20) * kMillisecond;
    teller_->TellBytes(bytes, now_);
  }
}

Book CooperativeLife::ToldBook() const {
  Book told = book_;
  v1::Transaction transaction;
  for (const std::string& bytes : backlog_) {
    LUMBUNG_CHECK(transaction.ParseFromString(bytes));
    for (const v1::Entry& entry : transaction.entries()) {
      told.Add(entry.code(), entry.holder(), -Amount(entry));
    }
  }
  return told;
}

// --- Making commands ----------------------------------------------------------------------------

void CooperativeLife::SetTime(std::int64_t at_least) {
  now_ = std::max(now_ + kMillisecond, at_least / kMillisecond * kMillisecond);
}

// The clock moves on with each id.
std::string CooperativeLife::NewId() {
  now_ += random_.Between(1, 20) * kMillisecond;
  const std::uint64_t a = random_.Next();
  return FormatUuid(UuidV7(static_cast<std::uint64_t>(now_ / kMillisecond), a, random_.Next()));
}

v1::Command CooperativeLife::NewCommand() {
  v1::Command command;
  command.set_command_id(NewId());
  return command;
}

v1::Transaction& CooperativeLife::Begin(std::string_view kind, std::string_view channel,
                                        std::uint64_t outlet, v1::Transaction::Nature nature) {
  v1::Transaction& transaction = teller_->NewTransaction();
  transaction.set_transaction_id(NewId());
  transaction.set_cooperative(cooperative_.number);
  transaction.set_outlet(outlet);
  transaction.set_kind(kind.data(), kind.size());
  transaction.set_channel(channel.data(), channel.size());
  const bool can_be_refused = !is_offline_ && today_ >= options_.day;
  transaction.set_nature(can_be_refused ? nature : v1::Transaction::FACT);
  transaction.set_occurred_at(now_);
  transaction.set_business_date(today_);
  transaction.mutable_origin()->set_device(profile_.device + outlet);
  transaction.mutable_origin()->set_sequence(++device_sequences_[outlet]);
  return transaction;
}

void CooperativeLife::Post(Legs legs) {
  v1::Transaction& transaction = teller_->NewestTransaction();
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
    book_.Add(leg.code, leg.holder, leg.amount);
    sum += leg.amount;
  }
  LUMBUNG_CHECK(sum == 0);
  if (is_offline_ && transaction.outlet() != 0) {
    backlog_.push_back(teller_->Bytes());
  } else {
    teller_->TellTransaction(now_);
  }
}

std::uint64_t CooperativeLife::Member() {
  return profile_.members[static_cast<std::size_t>(
      random_.Between(0, static_cast<std::int64_t>(profile_.members.size()) - 1))];
}

v1::Party CooperativeLife::Self() const {
  v1::Party party;
  party.set_holder_class("cooperative");
  party.set_number(cooperative_.number);
  return party;
}

std::int64_t CooperativeLife::Thousands(std::int64_t lowest, std::int64_t highest) {
  return random_.Between(lowest, highest) * kThousandRupiah;
}

std::int64_t CooperativeLife::BySize(std::int64_t amount) const {
  return amount / 100 * profile_.size_percent;
}

}  // namespace lumbung
