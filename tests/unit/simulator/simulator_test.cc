// Simulated days, put through the rules of the domain.
#include "engine/simulator/simulator.h"

#include <set>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "engine/base/uuid.h"
#include "engine/domain/ids.h"
#include "engine/simulator/local_quarter.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/memory_ledger.h"

namespace lumbung {
namespace {

// 2026-05-05 00:00 UTC: the day after the simulated one.
constexpr std::int64_t kNow = 1'777'939'200'000'000;

std::vector<Village> SomeVillages() {
  std::vector<Village> villages;
  for (int i = 0; i < 60; ++i) {
    villages.push_back({"92.02.01.20" + std::to_string(10 + i), "Village", "District", "Regency",
                        "Province", 420 + 60 * (i % 3)});
  }
  return villages;
}

std::vector<v1::Command> Commands(const SimulationOptions& options) {
  Simulator simulator(options, SomeVillages());
  std::vector<v1::Command> commands;
  simulator.Run([&commands](const v1::Command& command) { commands.push_back(command); });
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

// Puts all of it into a ledger that stands on the day after.
void SubmitAll(Simulator& simulator, MemoryLedger& ledger) {
  ASSERT_EQ(ledger.Submit(PublishDefaultChart()).code, v1::OK);
  std::size_t commands = 0;
  simulator.Run([&](const v1::Command& command) {
    const Decision decision = ledger.Submit(command);
    ASSERT_TRUE(decision.code == v1::OK && decision.record && !decision.replayed)
        << v1::Code_Name(decision.code) << " " << decision.detail << "\n"
        << command.ShortDebugString();
    ++commands;
  });
  // Genesis and chart stand before them.
  EXPECT_EQ(ledger.events().size(), commands + 2);
}

Balances BalancesOf(const MemoryLedger& ledger) {
  Balances balances;
  const AccountTable& accounts = ledger.state().accounts();
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    balances[accounts.row(i).key] = accounts.row(i).balance;
  }
  return balances;
}

TEST(SimulatorTest, TheLedgerComesToTheBalancesOfTheSimulatorsOwnBook) {
  MemoryLedger ledger(kNow);
  Simulator simulator({.seed = 7, .cooperatives = 12, .members = 6, .trades = 60}, SomeVillages());
  SubmitAll(simulator, ledger);
  EXPECT_EQ(BalancesOf(ledger), simulator.expected_balances());
  EXPECT_GT(BalancesOf(ledger).size(), 12u * 20u);
}

// What is zero, or not there.
Balances WithoutZeros(Balances balances) {
  std::erase_if(balances, [](const auto& row) { return row.second == 0; });
  return balances;
}

// Forty days: instalments, wages, outlets that were offline and that still are.
TEST(SimulatorTest, ManyDaysComeToTheBalancesOfItsOwnBookOnEachOfThem) {
  const SimulationOptions options{
      .seed = 7, .cooperatives = 60, .members = 6, .trades = 10, .day = 20260504, .days = 40};
  MemoryLedger ledger(kNow);
  ASSERT_EQ(ledger.Submit(PublishDefaultChart()).code, v1::OK);
  Simulator simulator(options, SomeVillages());
  std::map<std::string, int> kinds;
  int late = 0;
  int quarters = 0;
  while (!simulator.at_end()) {
    simulator.RunQuarter([&](const v1::Command& command) {
      const Decision decision = ledger.Submit(command);
      ASSERT_EQ(decision.code, v1::OK) << decision.detail << "\n" << command.ShortDebugString();
      if (!command.has_post()) return;
      ++kinds[command.post().kind()];
      late += simulator.told_at() > command.post().occurred_at() + 86'400'000'000 ? 1 : 0;
    });
    if (++quarters % 96 == 0) {
      ASSERT_EQ(WithoutZeros(BalancesOf(ledger)), WithoutZeros(simulator.expected_balances()));
    }
  }
  ASSERT_EQ(WithoutZeros(BalancesOf(ledger)), WithoutZeros(simulator.expected_balances()));
  EXPECT_GT(late, 100);
  for (const char* kind :
       {"sale", "settlement", "purchase", "payment", "transfer", "dues", "savings-deposit",
        "savings-withdrawal", "agent-cash-in", "agent-cash-out", "bill-payment", "partner-sale",
        "partner-payment", "expense", "loan-disbursement", "loan-instalment",
        "village-fund-intercept"}) {
    EXPECT_GT(kinds[kind], 0) << kind;
  }
}

TEST(SimulatorTest, FactsPassNothingThatARequestWouldBeRefusedFor) {
  MemoryLedger ledger(kNow);
  Simulator simulator({.cooperatives = 10, .days = 20}, SomeVillages());
  SubmitAll(simulator, ledger);
  int requests = 0;
  for (const v1::Event& event : ledger.events()) {
    if (!event.has_transaction_posted()) continue;
    const v1::TransactionPosted& posted = event.transaction_posted();
    const v1::Transaction& transaction = posted.transaction();
    EXPECT_TRUE(posted.posting().overrides().empty()) << posted.ShortDebugString();
    EXPECT_EQ(posted.posting().posting_date(), transaction.business_date());
    if (transaction.nature() == v1::Transaction::REQUEST) {
      EXPECT_EQ(transaction.business_date(), 20260504);
      ++requests;
    }
  }
  EXPECT_GT(requests, 0);
}

// No cash, stock or float below zero, but on what is told late.
TEST(SimulatorTest, NothingIsSpentThatIsNotThere) {
  Simulator simulator({.cooperatives = 20, .days = 30}, SomeVillages());
  std::map<std::uint64_t, std::map<std::uint32_t, std::int64_t>> books;
  simulator.Run([&](const v1::Command& command) {
    for (const v1::Entry& entry : command.post().entries()) {
      books[command.post().cooperative()][entry.code()] += entry.debit() - entry.credit();
    }
  });
  for (const auto& [cooperative, book] : books) {
    for (const std::uint32_t code : {1101u, 1102u, 1111u, 1112u, 1113u, 1114u, 1121u}) {
      EXPECT_GE(book.contains(code) ? book.at(code) : 0, 0) << cooperative << ":" << code;
    }
  }
}

TEST(SimulatorTest, QrisSalesAreSettledOnTheNextWorkingDayLessTheDiscount) {
  // Thursday to Monday.
  Simulator simulator({.cooperatives = 20, .day = 20260511, .days = 5}, SomeVillages());
  struct Owed {
    std::int64_t amount = 0;
    std::int64_t fee = 0;
  };
  std::map<std::uint64_t, std::map<Date, Owed>> sold;
  int settlements = 0;
  simulator.Run([&](const v1::Command& command) {
    const v1::Transaction& post = command.post();
    auto& days = sold[post.cooperative()];
    if (post.kind() == "sale" && post.channel() == "qris") {
      const std::int64_t price = post.entries(0).debit();
      days[post.business_date()].amount += price;
      days[post.business_date()].fee += price <= 50'000'000 ? 0 : price * 3 / 1'000;
    } else if (post.kind() == "settlement") {
      ++settlements;
      EXPECT_LT(WeekdayOf(post.business_date()), 5);
      Owed owed;
      while (!days.empty() && days.begin()->first < post.business_date()) {
        owed.amount += days.begin()->second.amount;
        owed.fee += days.begin()->second.fee;
        days.erase(days.begin());
      }
      EXPECT_EQ(post.entries(0).debit(), owed.amount - owed.fee);
      EXPECT_EQ(post.entries(post.entries_size() - 1).credit(), owed.amount);
    }
  });
  EXPECT_GE(settlements, 20 * 3);
}

TEST(SimulatorTest, InstalmentsAreDueOnTheTwelfthOrTheNextWorkingDay) {
  Simulator simulator({.cooperatives = 20, .day = 20260720, .days = 60}, SomeVillages());
  std::map<std::uint64_t, std::uint32_t> paid;
  std::set<Date> dates;
  simulator.Run([&](const v1::Command& command) {
    if (!command.post().has_loan_repayment()) return;
    const v1::Transaction& post = command.post();
    const v1::LoanRepayment& repayment = post.loan_repayment();
    auto [last, first] = paid.try_emplace(post.cooperative(), repayment.instalments(0));
    if (!first) {
      EXPECT_EQ(repayment.instalments(0), ++last->second);
    }
    EXPECT_GE(post.business_date(), repayment.due_date());
    dates.insert(repayment.due_date());
  });
  // 12 July is a Sunday.
  EXPECT_TRUE(dates.contains(20260612));
  EXPECT_TRUE(dates.contains(20260713));
  EXPECT_GT(paid.size(), 5u);
}

TEST(SimulatorTest, GoesOnAfterTheLastDayAsBusyAsAskedFor) {
  Simulator simulator({.cooperatives = 20, .days = 2}, SomeVillages());
  simulator.Run([](const v1::Command&) {});
  const auto count_day = [&simulator](std::uint32_t times) {
    int count = 0;
    for (int i = 0; i < 96; ++i) {
      simulator.RunQuarter(
          [&](const v1::Command& command) {
            count += command.has_post() ? 1 : 0;
            EXPECT_GE(simulator.told_at(), simulator.next_quarter());
          },
          times);
    }
    return count;
  };
  const int ordinary = count_day(1);
  EXPECT_GT(ordinary, 20 * 25);
  EXPECT_GT(count_day(5), ordinary * 3);
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

TEST(SimulatorTest, TradesAreAsManyAsAskedForInTheMean) {
  std::vector<Village> villages;
  while (villages.size() < 2'000) villages.push_back({"32.01.01.2001", "", "", "", "", 420});
  const auto count = [&villages](std::uint32_t trades) {
    Simulator simulator({.cooperatives = 2'000, .members = 1, .trades = trades}, villages);
    double commands = 0;
    simulator.Run([&commands](const v1::Command&) { ++commands; });
    return commands;
  };
  EXPECT_NEAR((count(100) - count(0)) / 2'000, 100, 10);
}

}  // namespace
}  // namespace lumbung
