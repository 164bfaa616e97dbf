#include "tests/support/commands.h"

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/base/uuid.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

// Spreads numbers over all bits (SplitMix64).
std::uint64_t Mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

void AddEntry(v1::Transaction& transaction, std::uint32_t code, std::uint64_t holder,
              std::int64_t debit, std::int64_t credit) {
  v1::Entry& entry = *transaction.add_entries();
  entry.set_code(code);
  entry.set_holder(holder);
  if (debit != 0) {
    entry.set_debit(debit);
  } else {
    entry.set_credit(credit);
  }
}

Move SavingsOut(std::uint64_t member, std::int64_t amount) {
  return {.debit = 2111,
          .debit_holder = member,
          .credit = 1101,
          .amount = amount,
          .kind = "savings-withdrawal"};
}

}  // namespace

std::string RandomId(std::uint64_t number) { return FormatUuid(UuidV4(Mix(number), Mix(~number))); }

std::string TimeId(std::uint64_t number) {
  constexpr std::uint64_t kFirstMillisecond = 1'780'000'000'000;
  return FormatUuid(UuidV7(kFirstMillisecond + number, Mix(number), Mix(~number)));
}

v1::Command PublishDefaultChart(const std::string& id) {
  v1::Command command;
  command.set_command_id(id);
  const std::string json(DefaultChartJson());
  const bool parsed =
      google::protobuf::util::JsonStringToMessage(json, command.mutable_publish_chart()).ok();
  LUMBUNG_CHECK(parsed);
  return command;
}

v1::Command RegisterCooperative(const std::string& id, std::uint64_t cooperative) {
  v1::Command command;
  command.set_command_id(id);
  v1::Cooperative& registered = *command.mutable_register_cooperative();
  registered.set_cooperative(cooperative);
  registered.set_effective_date(20250101);
  registered.set_chart("kdmp");
  registered.set_village_code("32.04.12.2001");
  registered.set_utc_offset_minutes(420);
  registered.set_status(v1::Cooperative::ACTIVE);
  return command;
}

v1::Command ChangeAccountStatus(const std::string& id, std::uint32_t code, std::uint64_t holder,
                                v1::AccountStatus::Status status) {
  v1::Command command;
  command.set_command_id(id);
  v1::AccountStatus& change = *command.mutable_change_account_status();
  change.mutable_account()->set_cooperative(kTestCooperative);
  change.mutable_account()->set_code(code);
  change.mutable_account()->set_holder(holder);
  change.set_status(status);
  return command;
}

v1::Transaction MakeTransaction(const std::string& id, const Move& move,
                                std::uint64_t cooperative) {
  v1::Transaction transaction;
  transaction.set_transaction_id(id);
  transaction.set_cooperative(cooperative);
  transaction.set_kind(move.kind);
  transaction.set_channel("cash");
  transaction.set_business_date(kTestDate);
  AddEntry(transaction, move.debit, move.debit_holder, move.amount, 0);
  AddEntry(transaction, move.credit, move.credit_holder, 0, move.amount);
  return transaction;
}

v1::Command Post(v1::Transaction transaction) {
  v1::Command command;
  *command.mutable_post() = std::move(transaction);
  return command;
}

v1::Command Sale(const std::string& id, std::int64_t amount, std::uint64_t cooperative) {
  return Post(MakeTransaction(id, {.amount = amount}, cooperative));
}

v1::Command Deposit(const std::string& id, std::uint64_t member, std::int64_t amount) {
  return Post(MakeTransaction(
      id, {.credit = 2111, .credit_holder = member, .amount = amount, .kind = "savings-deposit"}));
}

v1::Command Withdrawal(const std::string& id, std::uint64_t member, std::int64_t amount) {
  return Post(MakeTransaction(id, SavingsOut(member, amount)));
}

v1::Command HoldSavings(const std::string& id, std::uint64_t member, std::int64_t amount,
                        std::int64_t expires_at) {
  v1::Command command;
  *command.mutable_hold()->mutable_transaction() = MakeTransaction(id, SavingsOut(member, amount));
  command.mutable_hold()->set_expires_at(expires_at);
  return command;
}

v1::Command Capture(const std::string& id, const std::string& hold_id) {
  v1::Command command;
  command.mutable_capture()->set_hold_id(hold_id);
  v1::Transaction& transaction = *command.mutable_capture()->mutable_transaction();
  transaction = MakeTransaction(id, SavingsOut(0, 1));
  transaction.clear_entries();
  return command;
}

v1::Command Release(const std::string& id, const std::string& hold_id) {
  v1::Command command;
  command.set_command_id(id);
  command.mutable_release()->set_cooperative(kTestCooperative);
  command.mutable_release()->set_hold_id(hold_id);
  return command;
}

v1::Command Reversal(const std::string& id, const std::string& reverses) {
  v1::Transaction transaction = MakeTransaction(id, {});
  transaction.clear_entries();
  transaction.set_reverses(reverses);
  return Post(std::move(transaction));
}

v1::Command PostBatch(const std::string& id, const std::vector<v1::Transaction>& transactions) {
  v1::Command command;
  command.set_command_id(id);
  command.mutable_post_batch()->set_cooperative(kTestCooperative);
  for (const v1::Transaction& transaction : transactions) {
    *command.mutable_post_batch()->add_transactions() = transaction;
  }
  return command;
}

}  // namespace lumbung
