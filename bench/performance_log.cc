#include "bench/performance_log.h"

#include <array>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include <google/protobuf/util/json_util.h>

#include "engine/base/date.h"
#include "engine/base/uuid.h"
#include "engine/chain/hash.h"
#include "engine/store/log_store.h"
#include "projections/regions/regions.h"
#include "schemas/charts/default_chart.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

constexpr std::uint64_t kBlock = 8'000;
constexpr std::int64_t kSecond = 1'000'000;
// 4 May 2026, 08:00 in Jakarta.
constexpr std::int64_t kOpening = 1'777'856'400 * kSecond;
constexpr std::int32_t kOffset = 420;

class LogWriter {
 public:
  LogWriter(LogStore& store, const SalesLogOptions& options)
      : store_(store), options_(options), random_(options.seed) {}

  Status Write();

 private:
  Status Add(v1::Event& event);
  Status AddReferenceData();
  void FillSale(v1::Transaction& transaction);
  void FillTransaction(v1::Event& event);
  Status Flush();

  std::uint64_t Pick(std::uint64_t below) { return random_() % below; }

  LogStore& store_;
  const SalesLogOptions options_;
  std::mt19937_64 random_;
  Hasher hasher_;
  TreeBuilder tree_;
  BlockBuilder block_;
  std::vector<Tile> tiles_;
  Hash last_{};
  std::uint64_t sequence_ = 0;
  std::int64_t now_ = kOpening;
};

Status LogWriter::Flush() {
  if (sequence_ == store_.head().sequence) {
    return Status::Ok();
  }
  block_.Finish();
  LUMBUNG_RETURN_IF_ERROR(store_.Append(block_, tiles_, last_));
  block_ = BlockBuilder();
  tiles_.clear();
  return Status::Ok();
}

Status LogWriter::Add(v1::Event& event) {
  event.set_sequence(++sequence_);
  event.set_recorded_at(now_);
  event.set_previous_hash(std::string(AsView(last_)));
  const std::string bytes = event.SerializeAsString();
  last_ = hasher_.Leaf(bytes);
  tree_.Append(last_, tiles_);
  std::uint8_t* const out = block_.Reserve(sequence_, bytes.size());
  std::copy(bytes.begin(), bytes.end(), out);
  return sequence_ % kBlock == 0 ? Flush() : Status::Ok();
}

Status LogWriter::AddReferenceData() {
  v1::Event created;
  created.mutable_ledger_created()->set_shards(1);
  LUMBUNG_RETURN_IF_ERROR(Add(created));
  v1::Event published;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      std::string(DefaultChartJson()), published.mutable_chart_published()->mutable_chart());
  LUMBUNG_CHECK(parsed.ok());
  LUMBUNG_RETURN_IF_ERROR(Add(published));
  std::vector<RegionCode> villages;
  for (const Region& region : Regions::BuiltIn().all()) {
    if (LevelOf(region.code) == RegionLevel::kVillage) {
      villages.push_back(region.code);
    }
  }
  for (std::uint32_t number = 1; number <= options_.cooperatives; ++number) {
    v1::Event event;
    v1::Cooperative& cooperative = *event.mutable_cooperative_registered()->mutable_cooperative();
    cooperative.set_cooperative(number);
    cooperative.set_effective_date(20260101);
    cooperative.set_chart("kdmp");
    cooperative.set_village_code(FormatRegionCode(
        villages[number * std::uint64_t{villages.size()} / options_.cooperatives - 1]));
    cooperative.set_utc_offset_minutes(kOffset);
    cooperative.set_status(v1::Cooperative::ACTIVE);
    LUMBUNG_RETURN_IF_ERROR(Add(event));
  }
  return Status::Ok();
}

void AddEntry(v1::Transaction& transaction, std::uint32_t code, std::int64_t amount,
              std::uint64_t holder = 0) {
  v1::Entry& entry = *transaction.add_entries();
  entry.set_code(code);
  entry.set_holder(holder);
  if (amount > 0) {
    entry.set_debit(amount);
  } else {
    entry.set_credit(-amount);
  }
}

void LogWriter::FillSale(v1::Transaction& transaction) {
  const auto price = static_cast<std::int64_t>(5 + Pick(200)) * 100'000;
  const std::int64_t cost = price * static_cast<std::int64_t>(70 + Pick(20)) / 100;
  const bool qris = Pick(3) != 0;
  const bool to_member = Pick(2) == 0;
  transaction.set_kind("sale");
  transaction.set_channel(qris ? "qris" : "cash");
  if (to_member) {
    transaction.mutable_party()->set_holder_class("member");
    transaction.mutable_party()->set_number(100'000 + Pick(options_.members) * 7'919);
  }
  if (qris) {
    v1::ExternalReference& reference = *transaction.add_external_references();
    reference.set_scheme("RRN");
    reference.set_value(std::to_string(100'000'000'000 + Pick(900'000'000'000)));
  }
  AddEntry(transaction, qris ? 1121 : 1101, price);
  AddEntry(transaction, to_member ? 4101 : 4102, -price);
  AddEntry(transaction, 5101, cost);
  AddEntry(transaction, 1141, -cost);
}

void LogWriter::FillTransaction(v1::Event& event) {
  v1::TransactionPosted& posted = *event.mutable_transaction_posted();
  v1::Transaction& transaction = *posted.mutable_transaction();
  const std::uint64_t id = random_();
  transaction.set_transaction_id(
      FormatUuid(UuidV7(static_cast<std::uint64_t>(now_ / 1'000), id, random_())));
  transaction.set_cooperative(1 + Pick(options_.cooperatives));
  transaction.set_outlet(1 + Pick(2));
  transaction.set_nature(v1::Transaction::FACT);
  const std::int64_t age = Pick(7) != 0 ? static_cast<std::int64_t>(1 + Pick(20)) * kSecond
                                        : static_cast<std::int64_t>(60 + Pick(86'400)) * kSecond;
  transaction.set_occurred_at(now_ - age);
  transaction.set_business_date(LocalDate(now_ - age, kOffset));
  transaction.mutable_origin()->set_device(id);
  transaction.mutable_origin()->set_sequence(sequence_);
  const std::uint64_t what = Pick(8);
  const auto amount = static_cast<std::int64_t>(10 + Pick(400)) * 100'000;
  if (what < 6) {
    FillSale(transaction);
  } else if (what == 6) {
    transaction.set_kind("savings-deposit");
    transaction.set_channel("cash");
    AddEntry(transaction, 1102, amount);
    AddEntry(transaction, 2111, -amount, 100'000 + Pick(options_.members) * 7'919);
  } else {
    transaction.set_kind("bill-payment");
    transaction.set_channel("cash");
    AddEntry(transaction, 1101, amount + 100'000);
    AddEntry(transaction, 1114, -amount);
    AddEntry(transaction, 4302, -100'000);
  }
  posted.mutable_posting()->set_posting_date(transaction.business_date());
}

Status LogWriter::Write() {
  LUMBUNG_RETURN_IF_ERROR(AddReferenceData());
  for (std::uint64_t i = 0; i < options_.events; ++i) {
    now_ = kOpening + static_cast<std::int64_t>(i) * kSecond / options_.events_a_second;
    v1::Event event;
    FillTransaction(event);
    LUMBUNG_RETURN_IF_ERROR(Add(event));
  }
  return Flush();
}

}  // namespace

Status WriteSalesLog(const std::string& dir, const SalesLogOptions& options) {
  std::filesystem::create_directories(dir);
  Result<std::unique_ptr<LogStore>> store = LogStore::Create(dir, {});
  LUMBUNG_RETURN_IF_ERROR(store.status());
  LUMBUNG_RETURN_IF_ERROR(LogWriter(**store, options).Write());
  return (*store)->Close();
}

}  // namespace lumbung
