// The life of one simulated cooperative, a quarter of an hour after the other (simulator.h). The
// postings are those of the default chart's posting table.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/simulator/book.h"
#include "engine/simulator/frauds.h"
#include "engine/simulator/local_quarter.h"
#include "engine/simulator/profile.h"
#include "engine/simulator/random.h"
#include "engine/simulator/simulator.h"
#include "engine/simulator/teller.h"

namespace lumbung {

// One thread at a time. What is given to the constructor must outlive it.
class CooperativeLife {
 public:
  CooperativeLife(const SimulationOptions& options, const SimulatedCooperative& cooperative);

  // Quarters come in order, each once. `times` as many trades as usual.
  void Live(const LocalQuarter& local, std::uint32_t times, Teller& teller);

  void Plan(const PlannedFraud& planned);
  // Whether nothing stands in the way of finding a fraud: it is never offline, nor falls dormant.
  bool IsSteady() const { return !profile_.is_remote && profile_.dormant_from == 0; }

  // Of all that was told: without what an outlet that is offline still keeps.
  Book ToldBook() const;

 private:
  // An amount in sen, debited above zero, credited below.
  struct Leg {
    std::uint32_t code = 0;
    std::int64_t amount = 0;
    std::uint64_t holder = 0;
  };
  using Legs = std::initializer_list<Leg>;

  // cooperative_life.cc: the day, and how commands are made.
  void BeginDay();
  void ComeBack();
  bool IsDormant() const;
  void SetTime(std::int64_t at_least);
  std::string NewId();
  v1::Command NewCommand();
  // On its way until Post. Outlet 0 is the office.
  v1::Transaction& Begin(std::string_view kind, std::string_view channel, std::uint64_t outlet,
                         v1::Transaction::Nature nature = v1::Transaction::FACT);
  void Post(Legs legs);
  std::uint64_t Member();
  v1::Party Self() const;
  // Whole thousands of rupiah, in sen.
  std::int64_t Thousands(std::int64_t lowest, std::int64_t highest);
  std::int64_t BySize(std::int64_t amount) const;

  // registration.cc: the first morning.
  void Register();
  void RegisterHolder(std::string_view holder_class, std::uint64_t number);
  void GrantLoan();
  void TellYesterday();
  v1::Transaction& BeginYesterday(std::string_view kind, std::string_view channel);
  void SetYesterday(v1::Transaction& transaction) const;

  // office.cc: what the office and banks do.
  void WorkInTheOffice();
  void CloseTheDay();
  void SettleSales();
  void Restock();
  void PaySupplier();
  void TopUp(std::uint32_t code, std::int64_t lowest, std::int64_t amount);
  void BankCash(std::uint32_t code, std::int64_t most);
  void PayPartner();
  void PayWages();
  void CollectDues();

  // loan.cc: the bank loan.
  void PayOutLoan();
  void FundInstalment();
  void PayInstalment();
  void ReportLoanStatus();
  void InterceptVillageFund();
  bool OwesInstalment(Date date) const;
  std::int64_t NextInstalment() const;
  std::int64_t Outstanding() const;

  // counter.cc: trade.
  std::int64_t TradesOf(const LocalQuarter& local, std::uint32_t times);
  void Trade();
  void TradeInTheApp();
  void Sell(bool yesterday = false);
  void SellInTheApp();
  void TakeBack(const std::string& sale, std::uint64_t outlet, Legs legs);
  void Save(bool in_app);
  void ServeAsAgent();
  void PayBill(bool in_app);
  void SellInternet();

  // frauds.cc
  void CommitFrauds();
  void Commit(Fraud fraud);
  v1::Transaction& BeginFraud(Fraud fraud, std::string_view kind, std::string_view channel,
                              std::uint64_t outlet);
  void ReverseAgainAndAgain(Fraud fraud);
  void SellOddly(Fraud fraud);
  void SplitCash(Fraud fraud);
  void TellTwice(Fraud fraud);

  const SimulationOptions& options_;
  const SimulatedCooperative& cooperative_;
  Random random_;
  Profile profile_;
  const Date first_day_;

  Book book_;
  // Of the quarter in hand.
  LocalQuarter local_;
  Teller* teller_ = nullptr;
  // The cooperative's clock, UTC microseconds, whole milliseconds.
  std::int64_t now_ = 0;
  Date today_ = 0;
  std::array<std::uint64_t, 7> device_sequences_{};
  // QRIS sales that the acquirer owes for: of days before, and of today; and what it keeps of them.
  std::int64_t unsettled_ = 0;
  std::int64_t unsettled_fee_ = 0;
  std::int64_t unsettled_today_ = 0;
  std::int64_t unsettled_fee_today_ = 0;
  std::uint32_t instalments_paid_ = 0;
  bool loan_is_paid_by_village_ = false;
  // Its outlets come back on the morning of this day, where they are offline.
  Date offline_until_ = 0;
  bool is_offline_ = false;
  // What they did meanwhile: transactions' bytes, in order.
  std::vector<std::string> backlog_;
  std::vector<PlannedFraud> frauds_;
};

}  // namespace lumbung
