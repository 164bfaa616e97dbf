#include "engine/app/bench_generator.h"

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kAccountsACooperative = 1'000;
constexpr std::uint32_t kMemberCode = 1122;
constexpr std::uint32_t kHotCode = 1111;

}  // namespace

BenchGenerator::BenchGenerator(const BenchOptions& options)
    : hot_percent_(options.hot_percent),
      random_ids_(options.random_ids),
      random_(options.seed),
      cooperatives_((options.accounts + kAccountsACooperative - 1) / kAccountsACooperative),
      members_(options.accounts / cooperatives_),
      milliseconds_(static_cast<std::uint64_t>(Clock::System().WallMicros() / 1000)),
      business_date_(LocalDate(Clock::System().WallMicros(), 420)) {}

std::vector<v1::Command> BenchGenerator::SetUp() const {
  std::vector<v1::Command> commands;
  v1::Command& chart = commands.emplace_back();
  LUMBUNG_CHECK(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                            chart.mutable_publish_chart())
                    .ok());
  chart.set_command_id("0198f0c4-0000-7000-8000-000000000001");
  for (std::uint64_t number = 1; number <= cooperatives_; ++number) {
    v1::Command& command = commands.emplace_back();
    command.set_command_id("0198f0c4-0000-7000-8000-000000000001");
    v1::Cooperative& cooperative = *command.mutable_register_cooperative();
    cooperative.set_cooperative(number);
    cooperative.set_effective_date(20250101);
    cooperative.set_chart("kdmp");
    cooperative.set_utc_offset_minutes(420);
    cooperative.set_status(v1::Cooperative::ACTIVE);
  }
  return commands;
}

void BenchGenerator::Prepare(v1::Transaction& transaction) const {
  transaction.set_transaction_id(std::string(36, '-'));
  transaction.set_kind("transfer");
  transaction.set_channel("internal-transfer");
  transaction.set_business_date(business_date_);
  transaction.add_entries()->set_code(kMemberCode);
  transaction.add_entries()->set_code(kMemberCode);
}

void BenchGenerator::Fill(v1::Transaction& transaction) {
  const bool hot = hot_percent_ != 0 && random_() % 100 < hot_percent_;
  const std::uint64_t draw = random_();
  const std::uint64_t cooperative = hot ? 1 : 1 + (draw & 0xFFFF) % cooperatives_;
  const std::uint64_t from = 1 + (draw >> 16 & 0xFFFFFF) % members_;
  const std::uint64_t to = 1 + (draw >> 40) % members_;
  const auto amount = static_cast<std::int64_t>(100 + (draw >> 20) % 10'000'000);
  transaction.set_cooperative(cooperative);
  transaction.mutable_entries(0)->set_code(hot ? kHotCode : kMemberCode);
  transaction.mutable_entries(0)->set_holder(hot ? 0 : from);
  transaction.mutable_entries(0)->set_debit(amount);
  transaction.mutable_entries(1)->set_holder(to);
  transaction.mutable_entries(1)->set_credit(amount);
  FormatUuidTo(NextId(), transaction.mutable_transaction_id()->data());
}

// As a client's library makes them: the time, a counter within it, random bits.
Uuid BenchGenerator::NextId() {
  if (random_ids_) {
    return UuidV4(random_(), random_());
  }
  if (++counter_ == 4'096) {
    counter_ = 0;
    ++milliseconds_;
  }
  return UuidV7(milliseconds_, counter_, random_());
}

}  // namespace lumbung
