// An account as people look at it: with its name, its currency's decimals, what is available.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/app/output.h"
#include "engine/domain/account_key.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct AccountView {
  AccountKey key;
  // Indonesian and English.
  std::string name_id;
  std::string name_en;
  // Decimals of the currency.
  std::uint32_t exponent = 0;
  bool grows_by_debit = true;
  // Debits less credits.
  std::int64_t balance = 0;
  std::int64_t held_debit = 0;
  std::int64_t held_credit = 0;
  // Of v1::AccountStatus: OPEN, FROZEN, CLOSED.
  std::string status;
  std::uint64_t last_sequence = 0;

  // Balance in the direction in which the account grows.
  std::int64_t grown() const { return grows_by_debit ? balance : -balance; }
  // The same less what is held against it.
  std::int64_t available() const { return grown() - (grows_by_debit ? held_credit : held_debit); }
};

// As the API tells it.
AccountView ViewOf(const v1::GetAccountResponse& account);

// Amounts as strings of minor units.
Json ToJson(const AccountView& view);

// "1,250,000.00 IDR" for a size, "(contrary) " before it where it stands on the other side.
std::string FormatMoney(std::int64_t minor_units, const AccountView& view);

}  // namespace lumbung
