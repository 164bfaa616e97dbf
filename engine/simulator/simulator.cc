#include "engine/simulator/simulator.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/base/check.h"
#include "engine/simulator/cooperative_life.h"
#include "engine/simulator/local_quarter.h"
#include "engine/simulator/random.h"
#include "engine/simulator/teller.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kFirstNumber = 10'001;
// Cooperatives draw from the streams of their numbers.
constexpr std::uint64_t kVillageStream = 0;
constexpr std::uint64_t kFraudStream = 1;
constexpr std::int64_t kDay = kQuartersADay * kQuarterMicros;

}  // namespace

Simulator::Simulator(SimulationOptions options, const std::vector<Village>& villages)
    : options_(std::move(options)) {
  LUMBUNG_CHECK(options_.cooperatives > 0);
  LUMBUNG_CHECK(options_.cooperatives <= villages.size());
  LUMBUNG_CHECK(options_.members > 0);
  LUMBUNG_CHECK(options_.days > 0);
  std::vector<std::size_t> order(villages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(options_.seed, kVillageStream);
  cooperatives_.reserve(options_.cooperatives);
  for (std::size_t i = 0; i < options_.cooperatives; ++i) {
    const auto last = static_cast<std::int64_t>(villages.size()) - 1;
    std::swap(order[i],
              order[static_cast<std::size_t>(random.Between(static_cast<std::int64_t>(i), last))]);
    cooperatives_.push_back({kFirstNumber + i, villages[order[i]]});
  }
  lives_.reserve(cooperatives_.size());
  std::int32_t earliest = cooperatives_.front().village.utc_offset_minutes;
  std::int32_t latest = earliest;
  for (const SimulatedCooperative& cooperative : cooperatives_) {
    lives_.emplace_back(options_, cooperative);
    earliest = std::max(earliest, cooperative.village.utc_offset_minutes);
    latest = std::min(latest, cooperative.village.utc_offset_minutes);
  }
  const std::int64_t after = std::int64_t{DaysOfDate(options_.day)} + 1;
  const std::int64_t minute = 60 * kSecondMicros;
  next_quarter_ = (after - options_.days) * kDay - earliest * minute;
  end_ = after * kDay - latest * minute;
  PlanFrauds();
}

// To cooperatives and kinds in their turn, each on a day of its own.
void Simulator::PlanFrauds() {
  if (options_.frauds == 0) return;
  LUMBUNG_CHECK(options_.days > kDaysBeforeAFraud + kDaysAfterAFraud);
  std::vector<std::size_t> steady;
  for (std::size_t i = 0; i < lives_.size(); ++i) {
    if (lives_[i].IsSteady()) steady.push_back(i);
  }
  Random random(options_.seed, kFraudStream);
  for (std::uint32_t i = 0; i < options_.frauds && !steady.empty(); ++i) {
    const auto back = static_cast<std::int32_t>(
        random.Between(kDaysAfterAFraud, std::int64_t{options_.days} - 1 - kDaysBeforeAFraud));
    lives_[steady[i % steady.size()]].Plan(
        {static_cast<Fraud>(i % kFrauds), DateOfDays(DaysOfDate(options_.day) - back)});
  }
}

Simulator::~Simulator() = default;

void Simulator::Run(const Emit& emit) {
  while (!at_end()) RunQuarter(emit);
}

void Simulator::RunQuarter(const Emit& emit, std::uint32_t times) {
  Teller teller(emit, told_at_, truth_);
  // By time zone: there are few.
  std::map<std::int32_t, LocalQuarter> quarters;
  const Date first = DateOfDays(DaysOfDate(options_.day) + 1 - static_cast<Date>(options_.days));
  const bool over = at_end();
  const LocalQuarter* local = nullptr;
  std::int32_t offset = 0;
  for (std::size_t i = 0; i < lives_.size(); ++i) {
    const std::int32_t wanted = cooperatives_[i].village.utc_offset_minutes;
    if (local == nullptr || wanted != offset) {
      offset = wanted;
      local = &quarters.try_emplace(offset, MakeLocalQuarter(next_quarter_, offset)).first->second;
    }
    // Where a day begins earlier or ends later than elsewhere.
    if (local->date < first || (local->date > options_.day && !over)) continue;
    lives_[i].Live(*local, times, teller);
  }
  next_quarter_ += kQuarterMicros;
}

void Simulator::VisitBalances(
    const std::function<void(const AccountKey&, std::int64_t)>& visit) const {
  for (std::size_t i = 0; i < lives_.size(); ++i) {
    const Book book = lives_[i].ToldBook();
    for (const Book::Row& row : book.rows()) {
      visit(AccountKey{cooperatives_[i].number, row.code, kIdr, row.holder}, row.balance);
    }
  }
}

Balances Simulator::expected_balances() const {
  Balances balances;
  VisitBalances([&balances](const AccountKey& key, std::int64_t balance) {
    balances.emplace_hint(balances.end(), key, balance);
  });
  return balances;
}

}  // namespace lumbung
