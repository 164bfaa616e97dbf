// A command's bytes, decided on a small ledger with history: never crashes, is decided the same
// twice, changes neither command nor state, and what it records keeps the rules of an event.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/base/int128.h"
#include "engine/domain/codes.h"
#include "engine/importers/command_bytes.h"
#include "engine/simulator/simulator.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/memory_ledger.h"

namespace lumbung {
namespace {

// 2026-05-05 00:00 UTC, the day after the simulated one.
constexpr std::int64_t kNow = 1'777'939'200'000'000;

void Submit(MemoryLedger& ledger, const v1::Command& command) {
  LUMBUNG_CHECK(ledger.Submit(command).code == v1::OK);
}

// Cooperative 10001 after its simulated day, with a hold and a frozen account.
MemoryLedger& SmallLedger() {
  static MemoryLedger& ledger = *[] {
    auto* made = new MemoryLedger(kNow);
    v1::Command chart;
    chart.set_command_id("018f3a5c-7d00-7000-8000-000000000002");
    LUMBUNG_CHECK(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                              chart.mutable_publish_chart())
                      .ok());
    Submit(*made, chart);
    Simulator simulator({.cooperatives = 1, .members = 2, .trades = 9},
                        {{"32.04.12.2001", "", "", "", "", 420}});
    v1::Transaction last;
    simulator.Run([made, &last](const v1::Command& command) {
      Submit(*made, command);
      if (command.has_post()) last = command.post();
    });
    v1::Command hold;
    v1::Transaction& held = *hold.mutable_hold()->mutable_transaction();
    held = last;
    held.set_transaction_id("018f3a5c-7d00-7000-8000-000000000003");
    Submit(*made, hold);
    v1::Command freeze;
    freeze.set_command_id("018f3a5c-7d00-7000-8000-000000000004");
    v1::AccountStatus& frozen = *freeze.mutable_change_account_status();
    frozen.set_status(v1::AccountStatus::FROZEN);
    frozen.mutable_account()->set_cooperative(10'001);
    frozen.mutable_account()->set_code(1114);
    Submit(*made, freeze);
    return made;
  }();
  return ledger;
}

void CheckBalanced(const v1::Transaction& transaction) {
  LUMBUNG_CHECK(transaction.entries_size() >= 2 && transaction.entries_size() <= 256);
  std::map<std::string, Int128> sums;
  for (const v1::Entry& entry : transaction.entries()) {
    LUMBUNG_CHECK((entry.has_debit() ? entry.debit() : entry.credit()) > 0);
    sums[entry.currency().empty() ? "IDR" : entry.currency()] +=
        Int128{entry.debit()} - Int128{entry.credit()};
  }
  for (const auto& [currency, sum] : sums) LUMBUNG_CHECK(sum == 0);
}

void CheckRecorded(const v1::Command& command, const Checked& checked, const Decision& decision,
                   const std::string& bytes) {
  LUMBUNG_CHECK(bytes.size() <= 65'535);
  v1::Event event;
  LUMBUNG_CHECK(event.ParseFromString(bytes));
  LUMBUNG_CHECK(CodeOf(event) == decision.code);
  LUMBUNG_CHECK(SameContent(command, event));
  std::vector<CommandKey> keys;
  AppendKeysOf(event, keys);
  LUMBUNG_CHECK(!keys.empty() && keys.front() == checked.key);
  if (event.has_transaction_posted()) CheckBalanced(event.transaction_posted().transaction());
  if (event.has_transaction_held()) CheckBalanced(event.transaction_held().transaction());
  if (event.has_hold_captured()) CheckBalanced(event.hold_captured().transaction());
  for (const auto& posted : event.batch_posted().transactions()) {
    CheckBalanced(posted.transaction());
  }
}

// Decides, and gives the recorded event's bytes (empty where none was).
std::string Decide(const v1::Command& command, const Checked& checked, Decision& decision) {
  MemoryLedger& ledger = SmallLedger();
  Decider decider;
  v1::Event event;
  event.set_sequence(ledger.events().size() + 1);
  event.set_recorded_at(kNow);
  event.set_previous_hash(std::string(32, '\0'));
  decision = decider.Decide(ledger.state(), command, checked, ledger, kNow, event);
  std::string bytes = decision.record ? event.SerializeAsString() : "";
  ReturnLent(event);
  return bytes;
}

}  // namespace
}  // namespace lumbung

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  const auto command = ParseCommandBytes({reinterpret_cast<const char*>(data), size});
  if (!command.ok()) return 0;
  const std::string before = command->SerializeAsString();
  const Checked checked = Validate(*command);
  if (checked.code != v1::OK) LUMBUNG_CHECK(!checked.detail.empty());

  Decision decision, again;
  const std::string bytes = Decide(*command, checked, decision);
  LUMBUNG_CHECK(bytes == Decide(*command, checked, again));
  LUMBUNG_CHECK(decision.code == again.code && decision.detail == again.detail);
  LUMBUNG_CHECK(command->SerializeAsString() == before);
  LUMBUNG_CHECK(checked.code == v1::OK || decision.code == checked.code);
  LUMBUNG_CHECK(!(decision.record && decision.replayed));
  if (decision.code != v1::OK && !decision.replayed) {
    LUMBUNG_CHECK(decision.record == InfoOf(decision.code).recorded);
  }
  if (decision.record) CheckRecorded(*command, checked, decision, bytes);
  return 0;
}
