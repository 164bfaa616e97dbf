// Events of cooperatives that trade, move and are late, for tests of performance: the same from the
// same seed.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
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
            std::int32_t offset = 420, v1::Cooperative::Status status = v1::Cooperative::ACTIVE);

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

  // Facts beside transactions (feed_facts.cc). Amounts are principal and interest.
  struct Due {
    Date date = 0;
    std::int64_t principal = 0;
    std::int64_t interest = 0;
  };
  void Outlet(std::uint64_t cooperative, std::uint64_t outlet, bool open, Date effective);
  void Grant(std::uint64_t cooperative, std::uint64_t loan, const std::vector<Due>& schedule,
             const std::string& currency = "");
  void ReplaceSchedule(std::uint64_t cooperative, std::uint64_t loan,
                       const std::vector<Due>& schedule);
  void ReportStatus(std::uint64_t cooperative, std::uint64_t loan, Date as_of,
                    std::uint32_t days_past_due, std::int64_t principal);
  void ReportPayment(std::uint64_t cooperative, std::uint64_t loan, const Due& paid,
                     bool is_reversal = false);
  // The account as text.
  void ConfirmBank(std::uint64_t cooperative, const std::string& account, Date as_of);

  // Some cooperatives, in and out of the list, and so many events of theirs, over kDays days.
  void Fill(int events);

 private:
  std::int64_t Pick(std::int64_t lowest, std::int64_t highest);
  Posting RandomPosting();
  v1::Transaction TransactionOf(const Posting& posting);
  void PostRandom();
  void MoveRandom();
  void AddRandomFact();
  std::vector<Due> RandomSchedule();
  Date RandomDay(std::int64_t lowest, std::int64_t highest);

  std::mt19937_64 random_;
  EventChain chain_;
  std::int64_t now_ = kStart;
  std::uint64_t cooperatives_ = 0;
  std::map<std::uint64_t, Date> last_change_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Date> last_outlet_change_;
  std::uint64_t loans_ = 0;
  std::uint64_t ids_ = 0;
};

}  // namespace lumbung
