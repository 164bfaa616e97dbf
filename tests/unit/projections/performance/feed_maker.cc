#include "tests/unit/projections/performance/feed_maker.h"

#include <algorithm>
#include <array>
#include <utility>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

constexpr std::array<const char*, 12> kVillages = {
    "11.01.01.2001", "11.01.01.2002", "11.01.02.2001", "11.02.01.2001", "32.04.05.2001",
    "32.04.05.2002", "32.73.01.1001", "91.03.01.1001",
    // Not in the list: a district, a regency, a province, and nothing of it is known.
    "11.01.01.9999", "11.01.98.2001", "32.98.01.2001", "no code"};
constexpr std::array<std::int32_t, 4> kOffsets = {420, 480, 540, -600};

}  // namespace

FeedMaker::FeedMaker(std::uint64_t seed) : random_(seed) {
  v1::Event created;
  created.mutable_ledger_created()->set_shards(1);
  Add(std::move(created));
  v1::Event published;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      std::string(DefaultChartJson()), published.mutable_chart_published()->mutable_chart());
  LUMBUNG_CHECK(parsed.ok());
  Add(std::move(published));
}

std::int64_t FeedMaker::Pick(std::int64_t lowest, std::int64_t highest) {
  return std::uniform_int_distribution<std::int64_t>(lowest, highest)(random_);
}

void FeedMaker::Add(v1::Event event) {
  event.set_recorded_at(now_);
  chain_.Add(std::move(event));
}

void FeedMaker::Register(std::uint64_t cooperative, const std::string& village, std::int32_t offset,
                         Date effective) {
  v1::Event event;
  v1::Cooperative& attributes = *event.mutable_cooperative_registered()->mutable_cooperative();
  attributes.set_cooperative(cooperative);
  attributes.set_effective_date(effective);
  attributes.set_chart("kdmp");
  attributes.set_village_code(village);
  attributes.set_utc_offset_minutes(offset);
  attributes.set_status(v1::Cooperative::ACTIVE);
  last_change_[cooperative] = effective;
  Add(std::move(event));
}

void FeedMaker::Move(std::uint64_t cooperative, const std::string& village, Date effective,
                     std::int32_t offset, v1::Cooperative::Status status) {
  v1::Event event;
  v1::Cooperative& attributes = *event.mutable_cooperative_changed()->mutable_cooperative();
  attributes.set_cooperative(cooperative);
  attributes.set_effective_date(effective);
  attributes.set_chart("kdmp");
  attributes.set_village_code(village);
  attributes.set_utc_offset_minutes(offset);
  attributes.set_status(status);
  last_change_[cooperative] = effective;
  Add(std::move(event));
}

v1::Transaction FeedMaker::TransactionOf(const Posting& posting) {
  v1::Transaction transaction;
  transaction.set_transaction_id("id-" + std::to_string(++ids_));
  transaction.set_cooperative(posting.cooperative);
  transaction.set_outlet(posting.outlet);
  transaction.set_kind(posting.kind);
  transaction.set_channel(posting.channel);
  transaction.set_business_date(posting.date);
  transaction.set_occurred_at(posting.occurred_at);
  if (posting.member != 0) {
    transaction.mutable_party()->set_holder_class("member");
    transaction.mutable_party()->set_number(posting.member);
  }
  for (const Leg& leg : posting.legs) {
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(leg.code);
    entry.set_holder(leg.holder);
    entry.set_currency(posting.currency);
    if (leg.amount > 0) {
      entry.set_debit(leg.amount);
    } else {
      entry.set_credit(-leg.amount);
    }
  }
  return transaction;
}

std::string FeedMaker::Post(const Posting& posting) {
  v1::Event event;
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction = TransactionOf(posting);
  std::string id = transaction.transaction_id();
  Add(std::move(event));
  return id;
}

std::string FeedMaker::Reverse(const Posting& posting, const std::string& id, Date date) {
  Posting undone = posting;
  undone.date = date;
  for (Leg& leg : undone.legs) {
    leg.amount = -leg.amount;
  }
  v1::Event event;
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction = TransactionOf(undone);
  transaction.set_reverses(id);
  std::string reversal = transaction.transaction_id();
  Add(std::move(event));
  return reversal;
}

FeedMaker::Posting FeedMaker::Sale(std::uint64_t cooperative, std::int64_t amount,
                                   std::uint64_t member) {
  Posting sale;
  sale.cooperative = cooperative;
  sale.member = member;
  sale.legs = {{1101, 0, amount},
               {member != 0 ? 4101U : 4102U, 0, -amount},
               {5101, 0, amount / 2},
               {1141, 0, -(amount / 2)}};
  return sale;
}

FeedMaker::Posting FeedMaker::RandomPosting() {
  const auto cooperative =
      static_cast<std::uint64_t>(Pick(1, static_cast<std::int64_t>(cooperatives_)));
  const std::int64_t amount = Pick(2, 1'000'000);
  const auto member = static_cast<std::uint64_t>(Pick(1, 20));
  Posting posting = Sale(cooperative, amount, Pick(0, 1) == 0 ? 0 : member);
  const std::int64_t part = Pick(1, amount);
  switch (Pick(0, 14)) {
    case 0:
      posting.kind = "refund";
      for (Leg& leg : posting.legs) leg.amount = -leg.amount;
      break;
    case 1:
      posting.kind = "savings-deposit";
      posting.legs = {{1102, 0, amount}, {2111, member, -amount}};
      break;
    case 2:
      posting.kind = "bill-payment";
      posting.legs = {{1101, 0, amount}, {1114, 0, 1 - amount}, {4302, 0, -1}};
      break;
    case 3:
      posting.kind = "village-fund-intercept";
      posting.legs = {{1112, 0, amount}, {2133, 7, -amount}};
      break;
    case 4:
      posting.kind = "year-closing";
      posting.legs = {{4101, 0, amount}, {3901, 2026, -amount}};
      break;
    case 5:
      posting.currency = "SGD";
      break;
    case 6:
      posting.kind = "dues";
      posting.legs = {{1111, 0, amount + part}, {3101, member, -amount}, {3102, member, -part}};
      break;
    case 7:
      posting.kind = "loan-instalment";
      posting.legs = {{2131, 5, amount},
                      {2132, 0, part},
                      {6201, 0, part},
                      {6202, 0, part},
                      {1112, 0, -amount - 3 * part}};
      break;
    case 8:
      posting.kind = "member-loan";
      posting.legs = {{1131, 90 + member, amount}, {1102, 0, -amount}};
      break;
    case 9:
      posting.kind = "savings-deposit";
      posting.legs = {{1111, 0, amount}, {2112, member, -amount}};
      break;
    default:
      break;
  }
  constexpr std::array<const char*, 4> kChannels = {"qris", "cash", "bi-fast", "journal"};
  posting.channel = kChannels[static_cast<std::size_t>(Pick(0, 3))];
  posting.outlet = static_cast<std::uint64_t>(Pick(0, 2));
  const std::int64_t age = Pick(0, 3) == 0 ? Pick(0, 8 * 24) * kHour : Pick(0, 60) * 1'000'000;
  posting.occurred_at = Pick(0, 9) == 0 ? 0 : now_ - age;
  posting.date = LocalDate(now_ - age, kOffsets[cooperative % kOffsets.size()]);
  return posting;
}

void FeedMaker::PostRandom() {
  const Posting posting = RandomPosting();
  switch (Pick(0, 9)) {
    case 0: {
      v1::Event event;
      event.mutable_hold_captured()->mutable_transaction()->CopyFrom(TransactionOf(posting));
      return Add(std::move(event));
    }
    case 1: {
      v1::Event event;
      for (int i = 0; i < 3; ++i) {
        *event.mutable_batch_posted()->add_transactions()->mutable_transaction() =
            TransactionOf(posting);
      }
      return Add(std::move(event));
    }
    case 2: {
      // Nothing is posted by it.
      v1::Event event;
      event.mutable_transaction_held()->mutable_transaction()->CopyFrom(TransactionOf(posting));
      return Add(std::move(event));
    }
    case 3: {
      const std::string id = Post(posting);
      Reverse(posting, id,
              Pick(0, 1) == 0 ? posting.date : DateOfDays(DaysOfDate(posting.date) + 1));
      return;
    }
    default:
      Post(posting);
  }
}

Date FeedMaker::RandomDay(std::int64_t lowest, std::int64_t highest) {
  return DateOfDays(DaysOfDate(LocalDate(now_, 0)) +
                    static_cast<std::int32_t>(Pick(lowest, highest)));
}

void FeedMaker::MoveRandom() {
  const auto mover = static_cast<std::uint64_t>(Pick(1, static_cast<std::int64_t>(cooperatives_)));
  const auto* village = kVillages[static_cast<std::size_t>(Pick(0, kVillages.size() - 1))];
  const auto status = static_cast<v1::Cooperative::Status>(Pick(0, 2) == 0 ? Pick(1, 4) : 1);
  Move(mover, village, std::max(RandomDay(-9, 4), last_change_[mover]),
       kOffsets[mover % kOffsets.size()], status);
}

void FeedMaker::Fill(int events) {
  for (std::uint64_t number = 1; number <= kVillages.size(); ++number) {
    ++cooperatives_;
    Register(number, kVillages[number - 1], kOffsets[number % kOffsets.size()]);
  }
  const std::int64_t step = kDays * 24 * kHour / events;
  for (int i = 0; i < events; ++i) {
    now_ += Pick(0, 2 * step);
    const std::int64_t what = Pick(0, 99);
    if (what == 0) {
      MoveRandom();
    } else if (what < 15) {
      AddRandomFact();
    } else {
      PostRandom();
    }
  }
}

}  // namespace lumbung
