#include "engine/simulator/simulator.h"

#include <numeric>
#include <utility>

#include "engine/base/check.h"
#include "engine/simulator/cooperative_day.h"
#include "engine/simulator/random.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kFirstNumber = 10'001;
// Cooperatives draw from the streams of their numbers.
constexpr std::uint64_t kVillageStream = 0;

}  // namespace

Simulator::Simulator(SimulationOptions options, const std::vector<Village>& villages)
    : options_(std::move(options)) {
  LUMBUNG_CHECK(options_.cooperatives > 0);
  LUMBUNG_CHECK(options_.cooperatives <= villages.size());
  LUMBUNG_CHECK(options_.members > 0);
  std::vector<std::size_t> order(villages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(options_.seed, kVillageStream);
  for (std::size_t i = 0; i < options_.cooperatives; ++i) {
    const auto last = static_cast<std::int64_t>(villages.size()) - 1;
    std::swap(order[i],
              order[static_cast<std::size_t>(random.Between(static_cast<std::int64_t>(i), last))]);
    cooperatives_.push_back({kFirstNumber + i, villages[order[i]]});
  }
}

void Simulator::Run(const std::function<void(v1::Command)>& emit) {
  std::vector<CooperativeDay> days;
  days.reserve(cooperatives_.size());
  for (const SimulatedCooperative& cooperative : cooperatives_) {
    days.emplace_back(options_, cooperative, balances_, emit);
  }
  for (int hour = CooperativeDay::kFirstHour; hour <= CooperativeDay::kLastHour; ++hour) {
    for (CooperativeDay& day : days) day.Hour(hour);
  }
}

}  // namespace lumbung
