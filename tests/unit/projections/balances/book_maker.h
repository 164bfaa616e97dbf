// Events as an engine might make them, at random: late ones, many entries of an account in one
// event, batches, captures, cooperatives that move.
#pragma once

#include <cstdint>
#include <random>

#include "tests/unit/projections/event_chain.h"

namespace lumbung {

class BookMaker {
 public:
  explicit BookMaker(std::uint32_t seed) : random_(seed) {}

  // A chart and three cooperatives, then so many events.
  EventChain Make(int events);

 private:
  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint32_t>(end)); }
  v1::Event MakeEvent();
  v1::Event MakeMove();
  v1::TransactionPosted MakePosted(int most_pairs);
  // Mostly today, which advances; sometimes one of the days before.
  std::int32_t PickDate();

  std::mt19937 random_;
  std::int32_t today_ = 20260425;
  std::uint64_t number_ = 0;
  std::int32_t moved_ = 20260420;
};

}  // namespace lumbung
