#include "engine/simulator/frauds.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/uuid.h"
#include "engine/simulator/cooperative_life.h"

namespace lumbung {
namespace {

struct FraudInfo {
  std::string_view rule;
  int quarter = 0;
};

constexpr int kNight = 2 * 4 + 2;
constexpr int kNoon = 12 * 4;
// After cash has gone to the bank: what is below zero stays so until the morning.
constexpr int kEvening = kCountersClose;
// After the app's last order, which would have stock brought.
constexpr int kMidnight = kQuartersADay - 1;

constexpr std::array<FraudInfo, kFrauds> kInfo{{{"negative-cash", kEvening},
                                                {"negative-stock", kMidnight},
                                                {"negative-float", kEvening},
                                                {"repeated-reversals", kNoon},
                                                {"after-hours", kNight},
                                                {"backdating", kNoon},
                                                {"large-cash", kNoon},
                                                {"sequence-gap", kNoon},
                                                {"sequence-reuse", kNoon},
                                                {"rounding", kNoon},
                                                {"duplicate-reference", kNoon},
                                                {"transfer-unmatched", kNoon},
                                                {"override", kNoon}}};

const FraudInfo& InfoOf(Fraud fraud) { return kInfo[static_cast<std::size_t>(fraud)]; }

}  // namespace

std::string_view RuleOf(Fraud fraud) { return InfoOf(fraud).rule; }

int QuarterOf(Fraud fraud) { return InfoOf(fraud).quarter; }

void CooperativeLife::Plan(const PlannedFraud& planned) { frauds_.push_back(planned); }

void CooperativeLife::CommitFrauds() {
  for (const PlannedFraud& planned : frauds_) {
    if (planned.day == today_ && QuarterOf(planned.fraud) == local_.quarter) {
      Commit(planned.fraud);
    }
  }
}

v1::Transaction& CooperativeLife::BeginFraud(Fraud fraud, std::string_view kind,
                                             std::string_view channel, std::uint64_t outlet) {
  v1::Transaction& transaction = Begin(kind, channel, outlet);
  teller_->TellTruth({RuleOf(fraud), cooperative_.number, today_, transaction.transaction_id()});
  return transaction;
}

void CooperativeLife::Commit(Fraud fraud) {
  const std::int64_t some = Thousands(500, 900);
  switch (fraud) {
    case Fraud::kNegativeCash: {
      const std::int64_t missing = book_.Balance(1101) + some;
      BeginFraud(fraud, "expense", "cash", kStaplesOutlet);
      Post({{6101, missing}, {1101, -missing}});
      break;
    }
    case Fraud::kNegativeStock: {
      const std::int64_t missing = book_.Balance(1141) + some;
      BeginFraud(fraud, "expense", "journal", kStaplesOutlet);
      Post({{5101, missing}, {1141, -missing}});
      break;
    }
    case Fraud::kNegativeFloat: {
      const std::int64_t amount = book_.Balance(1113) + some;
      BeginFraud(fraud, "agent-cash-in", "agent-banking", kSavingsOutlet);
      Post({{1101, amount}, {1113, -amount}});
      break;
    }
    case Fraud::kRepeatedReversals:
      ReverseAgainAndAgain(fraud);
      break;
    case Fraud::kAfterHours:
    case Fraud::kSequenceGap:
    case Fraud::kSequenceReuse:
      SellOddly(fraud);
      break;
    case Fraud::kBackdating:
      BeginFraud(fraud, "purchase", "journal", 0)
          .set_business_date(DateOfDays(DaysOfDate(today_) - 10));
      Post({{1141, some}, {2101, -some}});
      break;
    case Fraud::kLargeCash:
      SplitCash(fraud);
      break;
    case Fraud::kRounding: {
      const std::int64_t odd = 5 * kThousandRupiah;
      BeginFraud(fraud, "expense", "journal", 0);
      Post({{7901, odd}, {1111, -odd}});
      break;
    }
    case Fraud::kDuplicateReference:
      TellTwice(fraud);
      break;
    case Fraud::kTransferUnmatched: {
      const std::string correlation = NewId();
      BeginFraud(fraud, "inter-cooperative-payment", "bi-fast", 0).set_correlation_id(correlation);
      Post({{1161, some, cooperative_.number + 1}, {1111, -some}});
      break;
    }
    case Fraud::kOverride: {
      const std::uint64_t member = Member();
      const std::int64_t more = -book_.Balance(2111, member) + some;
      BeginFraud(fraud, "savings-withdrawal", "bi-fast", kSavingsOutlet);
      Post({{2111, more, member}, {1111, -more}});
      break;
    }
  }
}

// A cashier takes back sales, and keeps the money.
void CooperativeLife::ReverseAgainAndAgain(Fraud fraud) {
  const std::uint64_t cashier = random_.Next();
  for (int i = 0; i < 6; ++i) {
    const std::int64_t price = Thousands(50, 200);
    v1::Transaction& sale = Begin("sale", "cash", kStaplesOutlet);
    sale.set_operator_(cashier);
    const std::string id = sale.transaction_id();
    Post({{1101, price}, {4102, -price}});
    v1::Transaction& reversal = BeginFraud(fraud, "sale", "cash", kStaplesOutlet);
    reversal.set_operator_(cashier);
    reversal.set_reverses(id);
    Post({{1101, -price}, {4102, price}});
  }
}

// At night, after numbers that are never told, or under a number that was told.
void CooperativeLife::SellOddly(Fraud fraud) {
  std::uint64_t& sequence = device_sequences_[kStaplesOutlet];
  if (fraud == Fraud::kSequenceGap) sequence += 5;
  const std::int64_t price = Thousands(50, 200);
  v1::Transaction& sale = BeginFraud(fraud, "sale", "cash", kStaplesOutlet);
  if (fraud == Fraud::kSequenceReuse) sale.mutable_origin()->set_sequence(--sequence);
  Post({{1101, price}, {4102, -price}});
}

// Rp500 million in one day of one member, in parts over outlets.
void CooperativeLife::SplitCash(Fraud fraud) {
  const std::uint64_t member = Member();
  for (int i = 0; i < 3; ++i) {
    const std::int64_t part = Thousands(170'000, 190'000);
    const std::uint64_t outlet = i == 1 ? kStaplesOutlet : kSavingsOutlet;
    BeginFraud(fraud, "savings-deposit", "cash", outlet);
    Post({{outlet == kStaplesOutlet ? 1101u : 1102u, part}, {2111, -part, member}});
  }
}

// The same payment under two ids.
void CooperativeLife::TellTwice(Fraud fraud) {
  const std::int64_t price = Thousands(50, 200);
  const std::string number = std::to_string(random_.Between(100'000'000'000, 999'999'999'999));
  for (int i = 0; i < 2; ++i) {
    v1::Transaction& sale = i == 0 ? Begin("sale", "qris", kStaplesOutlet)
                                   : BeginFraud(fraud, "sale", "qris", kStaplesOutlet);
    v1::ExternalReference& reference = *sale.add_external_references();
    reference.set_scheme("RRN");
    reference.set_value(number);
    Post({{1121, price}, {4102, -price}});
    unsettled_today_ += price;
  }
}

}  // namespace lumbung
