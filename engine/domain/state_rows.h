// Keys of the state's rows (FORMAT.md, "State rows"). Must not change while digests are compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/domain/state.h"

namespace lumbung {

enum class RowType : std::uint8_t {
  kLedger = 1,
  kChart = 2,
  kCooperative = 3,
  kHolder = 4,
  kAccount = 5,
  kLimits = 6,
  kLoan = 7,
  kHold = 8,
};

std::string LedgerRowKey();
std::string ChartRowKey(std::string_view name, std::uint32_t version);
std::string CooperativeRowKey(std::uint64_t cooperative);
std::string HolderRowKey(const HolderKey& key);
// kAccount or kLimits.
std::string AccountRowKey(RowType type, const AccountKey& key);
std::string LoanRowKey(const LoanKey& key);
std::string HoldRowKey(const HoldKey& key);

// What a row's key stands for; only the fields of its type are set.
struct ParsedRowKey {
  RowType type{};
  std::string name;  // of a chart, or a holder class
  std::uint64_t cooperative = 0;
  std::uint64_t number = 0;  // version, holder or loan
  AccountKey account;
  HoldKey hold;
};
// False if it is no key of a row.
bool ParseRowKey(std::string_view bytes, ParsedRowKey& key);

// The value of an account's row:
//   last_sequence:u64be balance:i64be held_debit:u64be held_credit:u64be status:u8 flags:u8
std::string AccountRowValue(const AccountRow& row);
bool ParseAccountRowValue(std::string_view bytes, AccountRow& row);

}  // namespace lumbung
