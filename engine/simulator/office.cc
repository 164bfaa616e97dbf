// What the office of a simulated cooperative and its banks do.
#include <algorithm>

#include "engine/simulator/cooperative_life.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kKsoPartner = 31;
constexpr int kWagesDay = 25;
constexpr int kPartnerDay = 5;
constexpr std::int64_t kDuesDays = 10;

}  // namespace

void CooperativeLife::WorkInTheOffice() {
  if (local_.is_working_day) SettleSales();
  if (today_ == first_day_) PayOutLoan();
  if (local_.is_working_day && local_.date != first_day_) ReportLoanStatus();
  if (IsLastWorkingDayOfMonth(today_)) InterceptVillageFund();
  if (IsDormant()) return;
  if (local_.is_working_day) FundInstalment();
  if (local_.month_day == kWagesDay) PayWages();
  if (local_.month_day == kPartnerDay) PayPartner();
  if (!is_offline_) {
    // Out of the operating bank account: agent float, bill-payment deposit, cash.
    TopUp(1113, BySize(2'000 * kThousandRupiah), BySize(3'000 * kThousandRupiah));
    TopUp(1114, BySize(2'000 * kThousandRupiah), BySize(3'000 * kThousandRupiah));
    TopUp(1101, 0, BySize(2'000 * kThousandRupiah));
    TopUp(1102, BySize(1'000 * kThousandRupiah), BySize(2'000 * kThousandRupiah));
    if (book_.Balance(1141) < BySize(10'000 * kThousandRupiah)) Restock();
    PaySupplier();
  }
  CollectDues();
}

void CooperativeLife::CloseTheDay() {
  if (IsDormant() || is_offline_) return;
  BankCash(1101, BySize(5'000 * kThousandRupiah));
  BankCash(1102, BySize(10'000 * kThousandRupiah));
}

// The acquirer pays on the next working day what was sold on days before, less its discount.
void CooperativeLife::SettleSales() {
  if (unsettled_ == 0) return;
  Begin("settlement", "qris", 0);
  if (unsettled_fee_ == 0) {
    Post({{1111, unsettled_}, {1121, -unsettled_}});
  } else {
    Post({{1111, unsettled_ - unsettled_fee_}, {6102, unsettled_fee_}, {1121, -unsettled_}});
  }
  unsettled_ = 0;
  unsettled_fee_ = 0;
}

// Where it is offline the goods come all the same, and the outlet says so.
void CooperativeLife::Restock() {
  const std::int64_t stock = BySize(Thousands(15'000, 30'000));
  Begin("purchase", "journal", is_offline_ ? 1 : 0, v1::Transaction::REQUEST);
  Post({{1141, stock}, {2101, -stock}});
}

void CooperativeLife::PaySupplier() {
  const std::int64_t spare = book_.Balance(1111) - BySize(15'000 * kThousandRupiah);
  const std::int64_t paid =
      std::min(-book_.Balance(2101), spare) / kThousandRupiah * kThousandRupiah;
  if (paid < BySize(2'000 * kThousandRupiah)) return;
  Begin("payment", "bi-fast", 0, v1::Transaction::REQUEST);
  Post({{2101, paid}, {1111, -paid}});
}

void CooperativeLife::TopUp(std::uint32_t code, std::int64_t lowest, std::int64_t amount) {
  if (book_.Balance(code) >= lowest || book_.Balance(1111) < amount) return;
  Begin("transfer", "internal-transfer", 0, v1::Transaction::REQUEST);
  Post({{code, amount}, {1111, -amount}});
}

void CooperativeLife::BankCash(std::uint32_t code, std::int64_t most) {
  const std::int64_t spare = (book_.Balance(code) - most / 2) / kThousandRupiah * kThousandRupiah;
  if (book_.Balance(code) <= most) return;
  Begin("transfer", "cash", 0, v1::Transaction::REQUEST);
  Post({{1111, spare}, {code, -spare}});
}

void CooperativeLife::PayPartner() {
  const std::int64_t owed = -book_.Balance(2102, kKsoPartner);
  if (owed <= 0 || book_.Balance(1111) < owed) return;
  Begin("partner-payment", "bi-fast", 0, v1::Transaction::REQUEST);
  Post({{2102, owed, kKsoPartner}, {1111, -owed}});
}

void CooperativeLife::PayWages() {
  const std::int64_t wages = BySize(Thousands(2'500, 3'500));
  if (book_.Balance(1111) < wages) return;
  Begin("expense", "bi-fast", 0, v1::Transaction::REQUEST);
  Post({{6101, wages}, {1111, -wages}});
}

// Each member pays on a day of its own of the first ten of a month.
void CooperativeLife::CollectDues() {
  if (local_.month_day > kDuesDays) return;
  const auto day = static_cast<std::uint64_t>(local_.month_day);
  for (const std::uint64_t member : profile_.members) {
    if (member % kDuesDays + 1 != day) continue;
    const std::int64_t dues = 10 * kThousandRupiah;
    Begin("dues", "virtual-account", 0);
    Post({{1111, dues}, {3102, -dues, member}});
  }
}

void CooperativeLife::SellInternet() {
  const std::int64_t price = 150 * kThousandRupiah;
  const std::int64_t share = price / 5;
  v1::Transaction& sale = Begin("partner-sale", "virtual-account", 0);
  sale.mutable_party()->set_holder_class("member");
  sale.mutable_party()->set_number(Member());
  Post({{1111, price}, {2102, share - price, kKsoPartner}, {4401, -share}});
}

}  // namespace lumbung
