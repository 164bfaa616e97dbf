// The journal, as text and as hledger itself reads it.
#include "engine/exporters/hledger.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/base/decimal.h"
#include "engine/simulator/simulator.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/memory_ledger.h"

namespace lumbung {
namespace {

using testing::HasSubstr;
using testing::Not;

// 2026-05-05 00:00 UTC.
constexpr std::int64_t kNow = 1'777'939'200'000'000;

v1::Command FromJson(const std::string& json) {
  v1::Command command;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &command);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return command;
}

v1::Command DefaultChart() {
  return FromJson(R"({"commandId":"018f3a5c-7d00-7000-8000-00000000c4a7","publishChart":)" +
                  std::string(DefaultChartJson()) + "}");
}

std::string Id(int number) {
  return "018f3a5c-7d00-7000-8000-0000000000" + std::to_string(10 + number);
}

// A ledger with cooperative 20417, on which every kind of posting has been made.
class HledgerTest : public testing::Test {
 protected:
  HledgerTest() : ledger_(kNow) {
    std::string pattern = testing::TempDir() + "hledger_XXXXXX";
    dir_ = mkdtemp(pattern.data());
    Submit(DefaultChart());
    Submit(FromJson(
        R"({"commandId":")" + Id(0) +
        R"(","registerCooperative":{"cooperative":"20417","effectiveDate":20260501,"chart":"kdmp",)"
        R"("villageCode":"32.04.12.2001","utcOffsetMinutes":420,"status":"ACTIVE"}})"));
  }
  ~HledgerTest() override { std::filesystem::remove_all(dir_); }

  void Submit(const v1::Command& command) {
    const Decision decision = ledger_.Submit(command);
    ASSERT_EQ(decision.code, v1::OK) << decision.detail;
  }

  static std::string Transaction(int id, const std::string& entries, const std::string& more = "") {
    return R"({"transactionId":")" + Id(id) +
           R"(","cooperative":"20417","kind":"sale","channel":"qris","businessDate":20260502,)"
           R"("entries":[)" +
           entries + "]" + more + "}";
  }

  void PostOneOfEachKind() {
    Submit(FromJson("{\"post\":" +
                    Transaction(1, R"({"code":1122,"holder":"12347","debit":"75000050"},)"
                                   R"({"code":4101,"credit":"75000050"})") +
                    "}"));
    Submit(FromJson(R"({"commandId":")" + Id(2) + R"(","postBatch":{"cooperative":"20417",)" +
                    R"("transactions":[)" +
                    Transaction(3, R"({"code":1111,"currency":"GBP","debit":"5"},)"
                                   R"({"code":4102,"currency":"GBP","credit":"5"})") +
                    "," +
                    Transaction(4, R"({"code":1111,"debit":"700"},{"code":4102,"credit":"700"})") +
                    "]}}"));
    Submit(FromJson("{\"hold\":{\"transaction\":" +
                    Transaction(5, R"({"code":2111,"holder":"7","credit":"900"},)"
                                   R"({"code":1102,"debit":"900"})") +
                    "}}"));
    Submit(FromJson(R"({"capture":{"holdId":")" + Id(5) + R"(","transaction":)" +
                    Transaction(6, R"({"code":2111,"holder":"7","credit":"400"},)"
                                   R"({"code":1102,"debit":"400"})") +
                    "}}"));
    Submit(FromJson("{\"post\":" + Transaction(7, "", R"(,"reverses":")" + Id(4) + "\"") + "}"));
    // Opened, never posted to.
    Submit(FromJson(
        R"({"commandId":")" + Id(8) +
        R"(","openAccount":{"account":{"cooperative":"20417","code":2112,"holder":"9"}}})"));
  }

  std::string Journal() {
    std::ostringstream out;
    HledgerJournal journal(out);
    for (const v1::Event& event : ledger_.events()) journal.Add(event);
    journal.AssertBalances(ledger_.state().accounts());
    return out.str();
  }

  // Exit code and output of hledger over a journal; skips the test where hledger is not installed.
  std::pair<int, std::string> Hledger(const std::string& journal, const std::string& arguments) {
    std::ofstream(dir_ + "/test.journal", std::ios::binary) << journal;
    const std::string command =
        "LC_ALL=C.UTF-8 hledger -f " + dir_ + "/test.journal " + arguments + " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
      output.push_back(static_cast<char>(c));
    }
    return {WEXITSTATUS(pclose(pipe)), output};
  }

  MemoryLedger ledger_;
  std::string dir_;
};

#define SKIP_WITHOUT_HLEDGER()                                                         \
  if (std::system("hledger --version >/dev/null 2>&1") != 0) {                         \
    GTEST_SKIP() << "SKIPPED: hledger is not installed; ./dev setup core installs it"; \
  }

TEST_F(HledgerTest, WritesEachPosting) {
  PostOneOfEachKind();
  const std::string journal = Journal();
  EXPECT_THAT(journal, HasSubstr("\naccount 20417:1122 Piutang usaha  ; type:A\n"));
  EXPECT_THAT(journal, HasSubstr("\naccount 20417:1102 Kas unit simpan pinjam  ; type:C\n"));
  EXPECT_THAT(journal, HasSubstr("\ncommodity IDR 0.00\n"));
  EXPECT_THAT(journal, HasSubstr("\n2026-05-02 * (" + Id(1) +
                                 ") sale qris  ; sequence:4\n"
                                 "    20417:1122 Piutang usaha:12347  IDR 750000.50\n"
                                 "    20417:4101 Penjualan anggota  IDR -750000.50\n"));
  EXPECT_THAT(journal, HasSubstr("20417:1111 Bank operasional  GBP 0.05\n"));
  EXPECT_THAT(journal, HasSubstr("(" + Id(4) + ")"));
  // The hold itself is no posting; its capture is.
  EXPECT_THAT(journal, Not(HasSubstr("(" + Id(5) + ")")));
  EXPECT_THAT(journal, HasSubstr("(" + Id(6) + ")"));
  // The entries of a reversal were filled in by the engine.
  EXPECT_THAT(journal, HasSubstr("(" + Id(7) +
                                 ") sale qris  ; sequence:8\n"
                                 "    20417:1111 Bank operasional  IDR -7.00\n"));
}

TEST_F(HledgerTest, HledgerAgreesWithTheLedgersBalances) {
  SKIP_WITHOUT_HLEDGER();
  PostOneOfEachKind();
  const auto [code, output] = Hledger(Journal(), "check");
  EXPECT_EQ(code, 0) << output;
}

TEST_F(HledgerTest, HledgerFindsABalanceThatIsOffByASen) {
  SKIP_WITHOUT_HLEDGER();
  PostOneOfEachKind();
  std::string journal = Journal();
  const std::string asserted = "= IDR 750000.50";
  const std::size_t at = journal.find(asserted);
  ASSERT_NE(at, std::string::npos);
  journal.replace(at, asserted.size(), "= IDR 750000.51");
  const auto [code, output] = Hledger(journal, "check");
  EXPECT_NE(code, 0);
  EXPECT_THAT(output, HasSubstr("balance assertion"));
}

TEST_F(HledgerTest, HledgerAddsUpASimulatedDayAsTheSimulatorDoes) {
  SKIP_WITHOUT_HLEDGER();
  std::vector<Village> villages(3, {"32.04.12.2001", "Village", "", "", "", 420});
  Simulator simulator({.seed = 5, .cooperatives = 3}, villages);
  simulator.Run([this](const v1::Command& command) { Submit(command); });
  const std::string journal = Journal();
  const auto [checked, complaint] = Hledger(journal, "check");
  EXPECT_EQ(checked, 0) << complaint;

  const auto [code, output] = Hledger(journal, "balance --flat --no-total --empty -O csv");
  ASSERT_EQ(code, 0) << output;
  std::map<std::string, std::string> expected;
  for (const auto& [key, balance] : simulator.expected_balances()) {
    expected[std::to_string(key.cooperative) + ":" + std::to_string(key.code) + "/" +
             std::to_string(key.holder)] = balance == 0 ? "0" : "IDR " + FormatDecimal(balance, 2);
  }
  std::map<std::string, std::string> actual;
  std::istringstream lines(output);
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    // "10001:1122 Piutang usaha:7","IDR 1.00"
    const std::size_t middle = line.find("\",\"");
    ASSERT_NE(middle, std::string::npos) << line;
    const std::string account = line.substr(1, middle - 1);
    const std::size_t holder = account.find(':', account.find(' '));
    actual[account.substr(0, account.find(' ')) + "/" +
           (holder == std::string::npos ? "0" : account.substr(holder + 1))] =
        line.substr(middle + 3, line.size() - middle - 4);
  }
  EXPECT_EQ(actual, expected);
}

TEST_F(HledgerTest, APartOfTheLogKeepsItsNames) {
  PostOneOfEachKind();
  std::ostringstream out;
  HledgerJournal journal(out);
  for (const v1::Event& event : ledger_.events()) {
    event.sequence() < 8 ? journal.Learn(event) : journal.Add(event);
  }
  EXPECT_THAT(out.str(), Not(HasSubstr(Id(1))));
  EXPECT_THAT(out.str(), HasSubstr("    20417:1111 Bank operasional  IDR -7.00\n"));
}

TEST_F(HledgerTest, NamesAndDecimalsComeFromTheChart) {
  v1::Command chart = FromJson(
      R"({"commandId":")" + Id(1) +
      R"(","publishChart":{"name":"kdmp","version":2,"baseVersion":1,"effectiveDate":20260101,)"
      R"("currencies":[{"currency":"JPY"}],"codes":[{"code":1199,"nameId":"A: b;  c","nameEn":"x",)"
      R"("class":"ASSET","growsBy":"DEBIT"}]}})");
  Submit(chart);
  Submit(FromJson("{\"post\":" +
                  Transaction(2, R"({"code":1199,"currency":"JPY","debit":"75"},)"
                                 R"({"code":4102,"currency":"JPY","credit":"75"})") +
                  "}"));
  const std::string journal = Journal();
  EXPECT_THAT(journal, HasSubstr("\ncommodity JPY 0.\n"));
  EXPECT_THAT(journal, HasSubstr("    20417:1199 A b c  JPY 75\n"));
  SKIP_WITHOUT_HLEDGER();
  const auto [code, output] = Hledger(journal, "check");
  EXPECT_EQ(code, 0) << output;
}

}  // namespace
}  // namespace lumbung
