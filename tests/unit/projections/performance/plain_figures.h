// The same figures as the projection's, computed anew for every question, out of all events, by
// rules of its own.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "projections/performance/queries.h"
#include "tests/unit/projections/event_chain.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

class PlainFigures {
 public:
  explicit PlainFigures(const EventChain& chain);

  struct Sums {
    std::int64_t transactions = 0;
    std::int64_t sales = 0;
    std::int64_t turnover = 0;
    std::int64_t member_turnover = 0;

    bool operator==(const Sums&) const = default;
  };
  struct Answer {
    Sums all;
    std::map<std::string, Sums> channels;
    std::map<int, Sums> hours;
    std::int64_t surplus = 0;
    std::int64_t intercepts = 0;
    std::int64_t late = 0;
    std::int64_t reversals = 0;
    std::vector<std::int64_t> lags;
    std::set<std::pair<std::uint64_t, std::uint64_t>> members;
  };
  Answer Of(const performance::Subject& subject, Date from, Date to) const;
  // In no more than 30 days (plain_standing.cc, as what follows).
  performance::ActivityFigures Activity(const performance::Subject& subject, Date from,
                                        Date to) const;
  performance::Standing At(const performance::Subject& subject, Date day) const;

  const std::vector<std::uint64_t>& cooperatives() const { return numbers_; }

 private:
  struct Posted {
    v1::Transaction transaction;
    std::int64_t recorded_at = 0;
  };

  bool CountsOn(const performance::Subject& subject, std::uint64_t cooperative, Date date) const;
  void AddBooks(std::uint64_t cooperative, Date day, performance::Standing& sum) const;
  void AddLoans(std::uint64_t cooperative, Date day, performance::Standing& sum) const;
  void AddBanks(std::uint64_t cooperative, Date day, performance::Standing& sum) const;
  // Outlet 0: the cooperative.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::set<Date>> ActiveDays() const;

  const v1::Cooperative& InForce(std::uint64_t cooperative, Date date) const;
  bool Counts(const performance::Subject& subject, const v1::Transaction& transaction) const;
  void AddTo(Answer& answer, const Posted& posted) const;

  std::vector<Posted> posted_;
  std::vector<v1::Event> facts_;
  std::vector<std::uint64_t> numbers_;
  std::map<std::uint64_t, std::vector<v1::Cooperative>> versions_;
};

}  // namespace lumbung
