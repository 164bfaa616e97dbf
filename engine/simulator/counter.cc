// Trade at the counters of a simulated cooperative and in its app.
#include <algorithm>
#include <array>

#include "engine/simulator/cooperative_life.h"

namespace lumbung {
namespace {

// Zero up to Rp500,000, then 0.3 %.
constexpr std::int64_t kFreeOfFee = 500 * kThousandRupiah;
std::int64_t MerchantFee(std::int64_t amount) {
  return amount <= kFreeOfFee ? 0 : amount * 3 / 1'000;
}

// One of so many cash sales is taken back at once.
constexpr std::int64_t kSalesATakenBack = 250;

void SetMember(v1::Transaction& transaction, std::uint64_t member) {
  transaction.mutable_party()->set_holder_class("member");
  transaction.mutable_party()->set_number(member);
}

void AddRetrievalNumber(v1::Transaction& transaction, std::int64_t number) {
  v1::ExternalReference& reference = *transaction.add_external_references();
  reference.set_scheme("RRN");
  reference.set_value(std::to_string(number));
}

}  // namespace

std::int64_t CooperativeLife::TradesOf(const LocalQuarter& local, std::uint32_t times) {
  if (IsDormant()) return 0;
  const std::int64_t parts =
      std::int64_t{options_.trades} * times * profile_.size_percent * local.busy;
  const std::int64_t whole = kBusyOfADay * 100;
  return parts / whole + (random_.Between(0, whole - 1) < parts % whole ? 1 : 0);
}

void CooperativeLife::Trade() {
  const std::int64_t what = random_.Between(1, 100);
  if (what <= 60) {
    Sell();
  } else if (what <= 73) {
    Save(false);
  } else if (what <= 85) {
    ServeAsAgent();
  } else if (what <= 95) {
    PayBill(false);
  } else {
    TradeInTheApp();
  }
}

void CooperativeLife::TradeInTheApp() {
  if (is_offline_) return;
  const std::int64_t what = random_.Between(1, 100);
  if (what <= 40) {
    PayBill(true);
  } else if (what <= 75) {
    SellInTheApp();
  } else if (what <= 95) {
    Save(true);
  } else {
    SellInternet();
  }
}

void CooperativeLife::Sell(bool yesterday) {
  const bool qris = !is_offline_ && (yesterday || random_.Between(1, 3) != 1);
  const bool to_member = random_.Between(1, 2) == 1;
  const std::int64_t price = random_.Between(1, 10) == 1 ? Thousands(500, 900) : Thousands(5, 200);
  const std::int64_t cost = price * random_.Between(70, 90) / 100;
  if (book_.Balance(1141) < cost) Restock();
  // Savings and loans are at outlet 2.
  const std::uint64_t other = profile_.outlets > 2 && random_.Between(1, 3) == 1
                                  ? static_cast<std::uint64_t>(random_.Between(
                                        3, static_cast<std::int64_t>(profile_.outlets)))
                                  : kStaplesOutlet;
  v1::Transaction& sale = Begin("sale", qris ? "qris" : "cash", other);
  if (yesterday) SetYesterday(sale);
  if (to_member) SetMember(sale, Member());
  if (qris) AddRetrievalNumber(sale, random_.Between(100'000'000'000, 999'999'999'999));
  if (qris) {
    (yesterday ? unsettled_ : unsettled_today_) += price;
    (yesterday ? unsettled_fee_ : unsettled_fee_today_) += MerchantFee(price);
  }
  const std::uint32_t income = to_member ? 4101 : 4102;
  const std::uint32_t money = qris ? 1121 : 1101;
  const bool taken_back = !qris && random_.Between(1, kSalesATakenBack) == 1;
  const std::string id = taken_back ? sale.transaction_id() : std::string();
  Post({{money, price}, {income, -price}, {5101, cost}, {1141, -cost}});
  if (taken_back) {
    TakeBack(id, other, {{money, -price}, {income, price}, {5101, -cost}, {1141, cost}});
  }
}

void CooperativeLife::TakeBack(const std::string& sale, std::uint64_t outlet, Legs legs) {
  v1::Transaction& reversal = Begin("sale", "cash", outlet);
  reversal.set_reverses(sale);
  Post(legs);
}

void CooperativeLife::SellInTheApp() {
  const std::int64_t price = Thousands(20, 250);
  const std::int64_t cost = price * random_.Between(70, 90) / 100;
  if (book_.Balance(1141) < cost) Restock();
  SetMember(Begin("sale", "virtual-account", kStaplesOutlet), Member());
  Post({{1111, price}, {4101, -price}, {5101, cost}, {1141, -cost}});
}

void CooperativeLife::Save(bool in_app) {
  const std::uint64_t member = Member();
  const std::uint32_t money = in_app ? 1111 : 1102;
  const std::int64_t saved =
      std::min(-book_.Balance(2111, member), book_.Balance(money)) / kThousandRupiah;
  const bool withdraw = saved > 0 && random_.Between(1, 3) == 1;
  const std::int64_t amount =
      withdraw ? Thousands(1, std::min<std::int64_t>(saved, 2'000)) : Thousands(10, 500);
  Begin(withdraw ? "savings-withdrawal" : "savings-deposit", in_app ? "bi-fast" : "cash",
        kSavingsOutlet, withdraw ? v1::Transaction::REQUEST : v1::Transaction::FACT);
  if (withdraw) {
    Post({{2111, amount, member}, {money, -amount}});
  } else {
    Post({{money, amount}, {2111, -amount, member}});
  }
}

// Cash comes in where the float allows it, else it goes out where the till does, else neither.
void CooperativeLife::ServeAsAgent() {
  const std::int64_t amount = Thousands(100, 1'000);
  const std::int64_t fee = 5 * kThousandRupiah;
  const bool can_take = book_.Balance(1113) >= amount;
  const bool can_pay = book_.Balance(1101) >= amount;
  if (!can_take && !can_pay) return;
  const bool cash_in = can_take && (!can_pay || random_.Between(1, 2) == 1);
  Begin(cash_in ? "agent-cash-in" : "agent-cash-out", "agent-banking", kSavingsOutlet);
  if (cash_in) {
    Post({{1101, amount + fee}, {1113, -amount}, {4301, -fee}});
  } else {
    Post({{1113, amount}, {1101, fee}, {1101, -amount}, {4301, -fee}});
  }
}

void CooperativeLife::PayBill(bool in_app) {
  const std::int64_t bill = Thousands(20, 400);
  const std::int64_t fee = kThousandRupiah;
  if (book_.Balance(1114) < bill) return;
  Begin("bill-payment", in_app ? "virtual-account" : "cash", kStaplesOutlet);
  Post({{in_app ? 1111u : 1101u, bill + fee}, {1114, -bill}, {4302, -fee}});
}

}  // namespace lumbung
