// The simulated day, put through the rules of the domain.
#include "engine/simulator/simulator.h"

#include <set>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "engine/base/uuid.h"
#include "engine/domain/ids.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/memory_ledger.h"

namespace lumbung {
namespace {

// 2026-05-05 00:00 UTC: the day after the simulated one.
constexpr std::int64_t kNow = 1'777'939'200'000'000;

std::vector<Village> SomeVillages() {
  std::vector<Village> villages;
  for (int i = 0; i < 20; ++i) {
    villages.push_back({"92.02.01.20" + std::to_string(10 + i), "Village", "District", "Regency",
                        "Province", 420 + 60 * (i % 3)});
  }
  return villages;
}

std::vector<v1::Command> Commands(const SimulationOptions& options) {
  Simulator simulator(options, SomeVillages());
  std::vector<v1::Command> commands;
  simulator.Run([&commands](v1::Command command) { commands.push_back(std::move(command)); });
  return commands;
}

std::string Bytes(const std::vector<v1::Command>& commands) {
  std::string bytes;
  for (const v1::Command& command : commands) bytes += command.SerializeAsString();
  return bytes;
}

v1::Command PublishDefaultChart() {
  v1::Command command;
  command.set_command_id("018f3a5c-7d00-7000-8000-00000000c4a7");
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                          command.mutable_publish_chart())
                  .ok());
  return command;
}

TEST(SimulatorTest, TheLedgerComesToTheBalancesOfTheSimulatorsOwnBook) {
  MemoryLedger ledger(kNow);
  ASSERT_EQ(ledger.Submit(PublishDefaultChart()).code, v1::OK);
  Simulator simulator({.seed = 7, .cooperatives = 12, .members = 6, .trades = 60}, SomeVillages());
  std::size_t commands = 0;
  simulator.Run([&](const v1::Command& command) {
    const Decision decision = ledger.Submit(command);
    EXPECT_TRUE(decision.code == v1::OK && decision.record && !decision.replayed)
        << v1::Code_Name(decision.code) << " " << decision.detail << "\n"
        << command.ShortDebugString();
    ++commands;
  });

  // Genesis and chart stand before them.
  EXPECT_EQ(ledger.events().size(), commands + 2);
  Balances actual;
  const AccountTable& accounts = ledger.state().accounts();
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    actual[accounts.row(i).key] = accounts.row(i).balance;
  }
  EXPECT_EQ(actual, simulator.expected_balances());
  EXPECT_GT(actual.size(), 12u * 20u);
}

TEST(SimulatorTest, FactsPassNothingThatARequestWouldBeRefusedFor) {
  MemoryLedger ledger(kNow);
  ASSERT_EQ(ledger.Submit(PublishDefaultChart()).code, v1::OK);
  for (const v1::Command& command : Commands({.cooperatives = 5})) ledger.Submit(command);
  for (const v1::Event& event : ledger.events()) {
    if (!event.has_transaction_posted()) continue;
    const v1::TransactionPosted& posted = event.transaction_posted();
    EXPECT_TRUE(posted.posting().overrides().empty()) << posted.ShortDebugString();
    EXPECT_EQ(posted.posting().posting_date(), posted.transaction().business_date());
  }
}

TEST(SimulatorTest, TheSeedDecidesEverything) {
  const SimulationOptions options{.seed = 3, .cooperatives = 4};
  EXPECT_EQ(Bytes(Commands(options)), Bytes(Commands(options)));
  EXPECT_NE(Bytes(Commands(options)), Bytes(Commands({.seed = 4, .cooperatives = 4})));
}

TEST(SimulatorTest, IdsAreVersion7OfTheSimulatedTimeAndDistinct) {
  const auto commands = Commands({.cooperatives = 10});
  std::set<std::string> ids;
  for (const v1::Command& command : commands) {
    const auto uuid = ParseUuid(IdOf(command));
    ASSERT_TRUE(uuid.has_value()) << IdOf(command);
    EXPECT_EQ(uuid->bytes[6] >> 4, 7);
    ids.insert(IdOf(command));
    if (!command.has_post() || command.post().business_date() != 20260504) continue;
    std::uint64_t milliseconds = 0;
    for (int i = 0; i < 6; ++i) {
      milliseconds = milliseconds << 8 | uuid->bytes[static_cast<std::size_t>(i)];
    }
    EXPECT_EQ(static_cast<std::int64_t>(milliseconds) * 1'000, command.post().occurred_at());
  }
  EXPECT_EQ(ids.size(), commands.size());
}

TEST(SimulatorTest, TransactionsHappenOnTheLocalDay) {
  Simulator simulator({.cooperatives = 9}, SomeVillages());
  std::map<std::uint64_t, std::int32_t> offsets;
  for (const auto& one : simulator.cooperatives()) {
    offsets[one.number] = one.village.utc_offset_minutes;
  }
  simulator.Run([&offsets](const v1::Command& command) {
    if (!command.has_post() || command.post().kind() != "sale") return;
    const v1::Transaction& sale = command.post();
    EXPECT_EQ(LocalDate(sale.occurred_at(), offsets[sale.cooperative()]), sale.business_date());
  });
}

TEST(SimulatorTest, EveryCooperativeHasAVillageOfItsOwn) {
  Simulator simulator({.cooperatives = 20}, SomeVillages());
  std::set<std::string> villages;
  for (const auto& one : simulator.cooperatives()) villages.insert(one.village.code);
  EXPECT_EQ(villages.size(), 20u);
}

TEST(SimulatorTest, TradesAreAsManyAsAskedFor) {
  const auto count = [](std::uint32_t trades) {
    return Commands({.cooperatives = 1, .trades = trades}).size();
  };
  EXPECT_NEAR(static_cast<double>(count(100)) - static_cast<double>(count(0)), 100, 15);
}

}  // namespace
}  // namespace lumbung
