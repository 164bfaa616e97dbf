#include "engine/app/account_view.h"

#include "engine/app/amounts.h"
#include "engine/base/clock.h"
#include "engine/domain/balances.h"

namespace lumbung {

AccountView ViewOf(const State& state, const AccountRow& row) {
  AccountView view;
  view.key = row.key;
  view.balance = row.balance;
  view.held_debit = row.held_debit;
  view.held_credit = row.held_credit;
  view.last_sequence = row.last_sequence;
  view.status = v1::AccountStatus::Status_Name(
      row.status == 0 ? v1::AccountStatus::OPEN
                      : static_cast<v1::AccountStatus::Status>(row.status));
  const std::uint64_t cooperative = row.key.cooperative;
  const Chart* chart =
      ChartOf(state, cooperative, TodayOf(state, cooperative, Clock::System().WallMicros()));
  if (chart == nullptr) {
    return view;
  }
  if (const v1::AccountCode* code = chart->FindCode(row.key.code); code != nullptr) {
    view.name_id = code->name_id();
    view.name_en = code->name_en();
    view.grows_by_debit = code->grows_by() == v1::DEBIT;
  }
  if (const v1::Currency* currency = chart->FindCurrency(row.key.currency); currency != nullptr) {
    view.exponent = currency->exponent();
  }
  return view;
}

Json ToJson(const AccountView& view) {
  return {{"account", FormatAccount(view.key)},
          {"cooperative", view.key.cooperative},
          {"code", view.key.code},
          {"holder", std::to_string(view.key.holder)},
          {"currency", FormatCurrency(view.key.currency)},
          {"exponent", view.exponent},
          {"name_id", view.name_id},
          {"name_en", view.name_en},
          {"grows_by", view.grows_by_debit ? "DEBIT" : "CREDIT"},
          {"balance", std::to_string(view.balance)},
          {"held_debit", std::to_string(view.held_debit)},
          {"held_credit", std::to_string(view.held_credit)},
          {"available", std::to_string(view.available())},
          {"status", view.status},
          {"last_sequence", view.last_sequence}};
}

std::string FormatMoney(std::int64_t minor_units, const AccountView& view) {
  return FormatAmount(minor_units, view.exponent) + " " + FormatCurrency(view.key.currency);
}

}  // namespace lumbung
