// Events of cooperatives that trade, move and are late, for tests of performance: the same from the
// same seed.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "tests/unit/projections/event_chain.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

class FeedMaker {
 public:
  // Noon UTC of the first day.
  static constexpr Date kFirstDay = 20260504;
  static constexpr std::int64_t kStart = 1'777'896'000'000'000;
  static constexpr std::int64_t kHour = std::int64_t{3'600} * 1'000'000;
  static constexpr int kDays = 40;

  // Creates the ledger and publishes the default chart.
  explicit FeedMaker(std::uint64_t seed = 1);

  const EventChain& chain() const { return chain_; }
  // Of the next event.
  void SetTime(std::int64_t recorded_at) { now_ = recorded_at; }
  std::int64_t now() const { return now_; }

  void Add(v1::Event event);
  void Register(std::uint64_t cooperative, const std::string& village, std::int32_t offset = 420,
                Date effective = kFirstDay);
  void Move(std::uint64_t cooperative, const std::string& village, Date effective,
            std::int32_t offset = 420);

  // Entries are code, holder, and what is debited (above zero) or credited.
  struct Leg {
    std::uint32_t code;
    std::uint64_t holder;
    std::int64_t amount;
  };
  struct Posting {
    std::uint64_t cooperative = 1;
    std::uint64_t outlet = 1;
    std::string kind = "sale";
    std::string channel = "cash";
    Date date = kFirstDay;
    std::int64_t occurred_at = 0;
    std::uint64_t member = 0;
    std::vector<Leg> legs = {};
    std::string currency = "";
  };
  // Returns its id.
  std::string Post(const Posting& posting);
  // The same with sides exchanged, on a day of its own.
  std::string Reverse(const Posting& posting, const std::string& id, Date date);

  // A sale of so much with its cost, to a member where one is named.
  static Posting Sale(std::uint64_t cooperative, std::int64_t amount, std::uint64_t member = 0);

  // Some cooperatives, in and out of the list, and so many events of theirs, over kDays days.
  void Fill(int events);

 private:
  std::int64_t Pick(std::int64_t lowest, std::int64_t highest);
  Posting RandomPosting();
  v1::Transaction TransactionOf(const Posting& posting);
  void PostRandom();

  std::mt19937_64 random_;
  EventChain chain_;
  std::int64_t now_ = kStart;
  std::uint64_t cooperatives_ = 0;
  std::map<std::uint64_t, Date> last_change_;
  std::uint64_t ids_ = 0;
};

}  // namespace lumbung
