#include "engine/domain/balances.h"

namespace lumbung {

Date TodayOf(const State& state, std::uint64_t cooperative, std::int64_t now) {
  const CooperativeState* found = state.FindCooperative(cooperative);
  const Date day = LocalDate(now, 0);
  return found == nullptr ? day : LocalDate(now, found->InForce(day).utc_offset_minutes());
}

const Chart* ChartOf(const State& state, std::uint64_t cooperative, Date day) {
  const CooperativeState* found = state.FindCooperative(cooperative);
  if (found == nullptr) {
    return nullptr;
  }
  const ChartVersions* versions = state.FindChart(found->InForce(day).chart());
  return versions == nullptr || versions->empty() ? nullptr : &versions->InForce(day);
}

AccountBalance BalanceOf(const State& state, const AccountKey& account, std::int64_t now,
                         const NetChange* pending) {
  AccountBalance result;
  result.account = account;
  Int128 balance = 0;
  Int128 held_debit = 0;
  Int128 held_credit = 0;
  if (const AccountRow* row = state.accounts().Find(account); row != nullptr) {
    balance = row->balance;
    held_debit = row->held_debit;
    held_credit = row->held_credit;
  }
  if (pending != nullptr) {
    balance += pending->debit - pending->credit;
    held_debit += pending->held_debit;
    held_credit += pending->held_credit;
  }
  const Chart* chart =
      ChartOf(state, account.cooperative, TodayOf(state, account.cooperative, now));
  const v1::AccountCode* code = chart == nullptr ? nullptr : chart->FindCode(account.code);
  const bool by_credit = code != nullptr && code->grows_by() == v1::CREDIT;
  result.balance = static_cast<std::int64_t>(by_credit ? -balance : balance);
  result.held_debit = static_cast<std::int64_t>(held_debit);
  result.held_credit = static_cast<std::int64_t>(held_credit);
  result.available =
      static_cast<std::int64_t>(by_credit ? -balance - held_debit : balance - held_credit);
  return result;
}

}  // namespace lumbung
