// Commands for tests of whole ledgers: the default chart, one cooperative, and postings whose ids
// and content follow from a number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

inline constexpr std::uint64_t kTestCooperative = 20417;
inline constexpr std::int32_t kTestDate = 20260504;

// The same id for the same number: random in form (v4), or ascending with the number (v7).
std::string RandomId(std::uint64_t number);
std::string TimeId(std::uint64_t number);

v1::Command PublishDefaultChart(const std::string& id);
v1::Command RegisterCooperative(const std::string& id,
                                std::uint64_t cooperative = kTestCooperative);
v1::Command ChangeAccountStatus(const std::string& id, std::uint32_t code, std::uint64_t holder,
                                v1::AccountStatus::Status status);

// Moves `amount` from one account of the cooperative to another: debit `to`, credit `from`.
struct Move {
  std::uint32_t debit = 1101;
  std::uint64_t debit_holder = 0;
  std::uint32_t credit = 4101;
  std::uint64_t credit_holder = 0;
  std::int64_t amount = 100;
  std::string kind = "sale";
};
v1::Transaction MakeTransaction(const std::string& id, const Move& move,
                                std::uint64_t cooperative = kTestCooperative);
v1::Command Post(v1::Transaction transaction);

// Cash for a sale; never refused.
v1::Command Sale(const std::string& id, std::int64_t amount = 100,
                 std::uint64_t cooperative = kTestCooperative);
// A member's savings, which have a floor: a withdrawal beyond them is INSUFFICIENT_FUNDS.
v1::Command Deposit(const std::string& id, std::uint64_t member, std::int64_t amount);
v1::Command Withdrawal(const std::string& id, std::uint64_t member, std::int64_t amount);

v1::Command HoldSavings(const std::string& id, std::uint64_t member, std::int64_t amount,
                        std::int64_t expires_at = 0);
v1::Command Capture(const std::string& id, const std::string& hold_id);
v1::Command Release(const std::string& id, const std::string& hold_id);
v1::Command Reversal(const std::string& id, const std::string& reverses);
v1::Command PostBatch(const std::string& id, const std::vector<v1::Transaction>& transactions);

}  // namespace lumbung
