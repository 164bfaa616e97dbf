#include "tests/unit/projections/balances/book_maker.h"

#include <array>

#include "engine/base/date.h"
#include "engine/base/uuid.h"

namespace lumbung {
namespace {

constexpr std::array<const char*, 5> kVillages = {"11.01.01.2001", "11.01.02.2002", "12.03.01.2003",
                                                  "", "nowhere"};

v1::Cooperative MakeCooperative(std::uint64_t number, const char* village, std::int32_t from) {
  v1::Cooperative cooperative;
  cooperative.set_cooperative(number);
  cooperative.set_effective_date(from);
  cooperative.set_chart("test");
  cooperative.set_village_code(village);
  cooperative.set_status(v1::Cooperative::ACTIVE);
  return cooperative;
}

v1::Chart MakeChart() {
  v1::Chart chart;
  chart.set_name("test");
  chart.set_version(1);
  v1::AccountCode& cash = *chart.add_codes();
  cash.set_code(1101);
  cash.set_grows_by(v1::DEBIT);
  v1::AccountCode& savings = *chart.add_codes();
  savings.set_code(2111);
  savings.set_grows_by(v1::CREDIT);
  return chart;
}

}  // namespace

EventChain BookMaker::Make(int events) {
  EventChain chain;
  chain.FillTo(1);
  v1::Event published;
  *published.mutable_chart_published()->mutable_chart() = MakeChart();
  chain.Add(published);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    v1::Event event;
    *event.mutable_cooperative_registered()->mutable_cooperative() =
        MakeCooperative(number, kVillages.at(number), 20260101);
    chain.Add(event);
  }
  for (int i = 0; i < events; ++i) {
    chain.Add(MakeEvent());
  }
  return chain;
}

std::int32_t BookMaker::PickDate() {
  if (Below(20) == 0) {
    today_ = NextDate(today_);
  }
  return Below(6) == 0 ? DateOfDays(DaysOfDate(today_) - Below(12)) : today_;
}

v1::TransactionPosted BookMaker::MakePosted(int most_pairs) {
  ++number_;
  v1::TransactionPosted posted;
  v1::Transaction& transaction = *posted.mutable_transaction();
  transaction.set_transaction_id(FormatUuid(UuidV7(number_, number_, random_())));
  transaction.set_cooperative(static_cast<std::uint64_t>(1 + Below(3)));
  transaction.set_kind(Below(2) == 0 ? "sale" : "");
  if (Below(3) == 0) {
    transaction.set_reference("ref-" + std::to_string(Below(4)));
  }
  posted.mutable_posting()->set_posting_date(PickDate());
  transaction.set_business_date(Below(4) == 0 ? 20260411 : posted.posting().posting_date());
  for (int pair = 0; pair <= Below(most_pairs); ++pair) {
    const std::int64_t amount =
        1 + Below(1'000) * std::int64_t{Below(50) == 0 ? 1'000'000'000'000'000 : 1};
    const char* currency = Below(5) == 0 ? "USD" : "";
    v1::Entry& debit = *transaction.add_entries();
    debit.set_code(1101);
    debit.set_currency(currency);
    debit.set_debit(amount);
    v1::Entry& credit = *transaction.add_entries();
    credit.set_code(Below(4) == 0 ? 1101 : 2111);
    credit.set_holder(credit.code() == 2111 ? static_cast<std::uint64_t>(Below(3)) : 0);
    credit.set_currency(currency);
    credit.set_credit(amount);
  }
  return posted;
}

v1::Event BookMaker::MakeMove() {
  v1::Event event;
  moved_ = Below(2) == 0 ? moved_ : DateOfDays(DaysOfDate(moved_) + Below(4));
  *event.mutable_cooperative_changed()->mutable_cooperative() =
      MakeCooperative(static_cast<std::uint64_t>(1 + Below(3)),
                      kVillages.at(static_cast<std::size_t>(Below(5))), moved_);
  return event;
}

v1::Event BookMaker::MakeEvent() {
  v1::Event event;
  switch (Below(12)) {
    case 0:
      return MakeMove();
    case 1:
      event.mutable_attestation_recorded();
      return event;
    case 2:
      for (int i = 0; i <= Below(4); ++i) {
        *event.mutable_batch_posted()->add_transactions() = MakePosted(15);
      }
      return event;
    case 3: {
      const v1::TransactionPosted posted = MakePosted(2);
      *event.mutable_hold_captured()->mutable_transaction() = posted.transaction();
      *event.mutable_hold_captured()->mutable_posting() = posted.posting();
      *event.mutable_hold_captured()->mutable_released() = posted.transaction().entries();
      return event;
    }
    case 4:
      *event.mutable_transaction_held()->mutable_transaction() = MakePosted(2).transaction();
      return event;
    default:
      *event.mutable_transaction_posted() = MakePosted(3);
      return event;
  }
}

}  // namespace lumbung
