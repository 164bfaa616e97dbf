#include "engine/app/account_view.h"

#include "engine/app/amounts.h"

namespace lumbung {

AccountView ViewOf(const v1::GetAccountResponse& account) {
  const v1::Balance& balance = account.balance();
  AccountView view;
  view.key = {.cooperative = balance.account().cooperative(),
              .code = balance.account().code(),
              .currency = ParseCurrency(balance.account().currency()).value_or(kIdr),
              .holder = balance.account().holder()};
  view.name_id = account.name_id();
  view.name_en = account.name_en();
  view.exponent = account.exponent();
  view.grows_by_debit = account.grows_by() != v1::CREDIT;
  view.balance = view.grows_by_debit ? balance.balance() : -balance.balance();
  view.held_debit = balance.held_debit();
  view.held_credit = balance.held_credit();
  view.status = v1::AccountStatus::Status_Name(account.status());
  view.last_sequence = account.last_sequence();
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
