// What one cooperative does in an hour of the simulated day (simulator.h). The postings are those
// of the default chart's posting table.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/simulator/random.h"
#include "engine/simulator/simulator.h"

namespace lumbung {

// One thread at a time. What is given to the constructor must outlive it.
class CooperativeDay {
 public:
  static constexpr int kFirstHour = 6;
  static constexpr int kLastHour = 18;

  CooperativeDay(const SimulationOptions& options, const SimulatedCooperative& cooperative,
                 Balances& balances, const std::function<void(v1::Command)>& emit);

  // Hours come in order, each once.
  void Hour(int hour);

 private:
  // An amount in sen, debited above zero, credited below.
  struct Leg {
    std::uint32_t code = 0;
    std::int64_t amount = 0;
    std::uint64_t holder = 0;
  };

  void Register();
  void RegisterOutlet(std::uint64_t number, std::string_view type);
  void GrantLoan();
  void TellYesterday();
  void SettleYesterdaysSales();
  void WorkInTheOffice();
  void PayOutLoan();
  void PayInstalment();
  void CollectDues();
  void Trade();
  void Sell(Date business_date);
  void Save();
  void ServeAsAgent();
  void PayBill();

  v1::Command NewCommand();
  v1::Transaction NewTransaction(std::string_view kind, std::string_view channel,
                                 v1::Transaction::Nature nature);
  void Post(v1::Transaction transaction, std::initializer_list<Leg> legs);
  std::string NewId();
  std::uint64_t Member();
  // Whole thousands of rupiah, in sen.
  std::int64_t Thousands(std::int64_t lowest, std::int64_t highest);
  v1::Party Self() const;

  const SimulationOptions& options_;
  const SimulatedCooperative& cooperative_;
  Balances& balances_;
  const std::function<void(v1::Command)>& emit_;
  Random random_;
  // The cooperative's clock, UTC microseconds.
  std::int64_t now_ = 0;
  std::uint64_t device_ = 0;
  std::uint64_t device_sequence_ = 0;
  std::vector<std::uint64_t> members_;
  // Of yesterday's QRIS sales: amounts, and what the acquirer keeps of them.
  std::int64_t unsettled_ = 0;
  std::int64_t unsettled_fee_ = 0;
};

}  // namespace lumbung
