// lumbung simulate: days of village cooperatives, as NDJSON or posted to a ledger or server.
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "engine/app/acknowledgements.h"
#include "engine/app/amounts.h"
#include "engine/app/command_sink.h"
#include "engine/app/commands.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/app/simulation_poster.h"
#include "engine/base/clock.h"
#include "engine/domain/account_key.h"
#include "engine/simulator/simulator.h"

namespace lumbung {
namespace {

constexpr std::int32_t kWestern = 7 * 60;
constexpr std::size_t kRefusalsShown = 10;

class Simulate : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "simulate", "Print simulated days of village cooperatives, as NDJSON, or post them",
        "lumbung simulate --cooperatives 3 --seed 7 > day.ndjson\n"
        "lumbung simulate --cooperatives 2 --trades 10 --expected expected.txt > small.ndjson\n"
        "lumbung simulate --cooperatives 3 --day 20260531 --days 31 > may.ndjson\n"
        "lumbung simulate --cooperatives 20 --days 21 --frauds 13 --truth truth.txt > odd.ndjson\n"
        "lumbung simulate --cooperatives 3 --days 7 --dir barn\n"
        "lumbung simulate --cooperatives 3 --server 127.0.0.1:7070\n"
        "lumbung simulate --cooperatives 3 --days 7 --live --speed 60 --server 127.0.0.1:7070\n",
        "The same seed gives the same lines, on every machine. `import transactions` takes them.\n"
        "Villages come from the CSV files of the npm package idn-area-data (--villages FOLDER);\n"
        "without it they are made up. On the first day cooperatives register; what happened on\n"
        "days before --day is told as facts, in the order in which it came to be known.\n"
        "With --server or --dir all of it is posted; after a kill, or Ctrl-C, run the same again:\n"
        "what is there is not posted twice. --live goes on in real time until Ctrl-C.\n"
        "docs/SIMULATOR.md says more.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("--seed", options_.seed, "Of the random numbers")->capture_default_str();
    app.add_option("--cooperatives", options_.cooperatives, "How many")
        ->check(CLI::Range(1, 83'762))
        ->capture_default_str();
    app.add_option("--members", options_.members, "Of each cooperative")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--trades", options_.trades,
                   "On an ordinary day, of each cooperative in the mean")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    day_ = app.add_option("--day", options_.day,
                          "The last day, as 20260504; yesterday where it goes on live")
               ->capture_default_str();
    app.add_option("--days", options_.days, "How many days there are, with the last")
        ->check(CLI::Range(1, 3'650))
        ->capture_default_str();
    app.add_option("--villages", villages_, "Folder with villages.csv and the others");
    app.add_option("--list", list_,
                   "Write the cooperatives to this file: number, village code, village, district,\n"
                   "regency, province, separated by tabs");
    app.add_option("--expected", expected_,
                   "Write the balances that all of it comes to: account, debits less credits in\n"
                   "minor units");
    app.add_option("--frauds", options_.frauds,
                   "So many patterns that the audit must find; needs --days 13 or more")
        ->capture_default_str();
    app.add_option("--truth", truth_,
                   "Write their transactions to this file: rule, cooperative, business date, id,\n"
                   "separated by tabs");
    app.add_option("--dir", ledger_.dir, "Post to the ledger in this folder, instead of printing");
    AddServerOptions(app, server_);
    app.add_option("--acknowledged", acknowledged_,
                   "Append a line to this file for every command whose outcome is durable:\n"
                   "cooperative, id, code, sequence");
    app.add_option("--rate", rate_, "Commands a second at most; 0: as fast as they are taken")
        ->capture_default_str();
    app.add_flag("--live", live_, "After the days go on to the present, and then in real time");
    app.add_option("--speed", speed_, "So many times the usual trade while it is live")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  Result<std::vector<Village>> Villages() const;
  Status WriteLists(const Simulator& simulator) const;
  bool posts() const { return server_.given() || !ledger_.dir.empty(); }
  Status CheckOptions();
  ExitCode Print(Simulator& simulator, Output& output);
  ExitCode Post(Simulator& simulator, Output& output);

  SimulationOptions options_;
  CLI::Option* day_ = nullptr;
  LedgerArguments ledger_;
  ServerArguments server_;
  std::string acknowledged_;
  std::uint32_t rate_ = 0;
  bool live_ = false;
  std::uint32_t speed_ = 1;
  std::string villages_;
  std::string list_;
  std::string expected_;
  std::string truth_;
};

Result<std::vector<Village>> Simulate::Villages() const {
  if (!villages_.empty()) {
    Result<std::vector<Village>> villages = ReadVillages(villages_);
    if (villages.ok() && villages->size() < options_.cooperatives) {
      return Status::InvalidArgument(
          fmt::format("{} has {} villages, fewer than cooperatives", villages_, villages->size()));
    }
    return villages;
  }
  constexpr std::uint32_t kVillagesADistrict = 20;
  constexpr std::uint32_t kDistrictsARegency = 40;
  constexpr std::int32_t kWestJava = 420;
  std::vector<Village> villages;
  for (std::uint32_t i = 0; i < options_.cooperatives; ++i) {
    const std::uint32_t district = i / kVillagesADistrict;
    villages.push_back(
        {fmt::format("32.{:02}.{:02}.{}", district / kDistrictsARegency + 1,
                     district % kDistrictsARegency + 1, 2001 + i % kVillagesADistrict),
         fmt::format("Desa {}", i + 1), fmt::format("Kecamatan {}", district + 1), "Kabupaten",
         "Jawa Barat", kWestJava});
  }
  return villages;
}

Status Simulate::WriteLists(const Simulator& simulator) const {
  if (!list_.empty()) {
    std::ofstream file(list_);
    for (const SimulatedCooperative& one : simulator.cooperatives()) {
      file << one.number << '\t' << one.village.code << '\t' << one.village.name << '\t'
           << one.village.district << '\t' << one.village.regency << '\t' << one.village.province
           << '\n';
    }
    if (!file.flush()) {
      return Status::IoError("can't write " + list_);
    }
  }
  if (!expected_.empty()) {
    std::ofstream file(expected_);
    simulator.VisitBalances([&file](const AccountKey& key, std::int64_t balance) {
      file << FormatAccount(key) << '\t' << balance << '\n';
    });
    if (!file.flush()) {
      return Status::IoError("can't write " + expected_);
    }
  }
  if (!truth_.empty()) {
    std::ofstream file(truth_);
    for (const FraudTruth& one : simulator.truth()) {
      file << one.rule << '\t' << one.cooperative << '\t' << one.business_date << '\t'
           << one.transaction_id << '\n';
    }
    if (!file.flush()) {
      return Status::IoError("can't write " + truth_);
    }
  }
  return Status::Ok();
}

Status Simulate::CheckOptions() {
  if (server_.given() && !ledger_.dir.empty()) {
    return Status::InvalidArgument("a ledger's folder or a server, not both");
  }
  if (live_ && !posts()) {
    return Status::InvalidArgument("--live posts: it wants --server or --dir");
  }
  if (options_.frauds != 0 && options_.days <= kDaysBeforeAFraud + kDaysAfterAFraud) {
    return Status::InvalidArgument(
        fmt::format("--frauds wants --days {} or more", kDaysBeforeAFraud + kDaysAfterAFraud + 1));
  }
  const Date today = LocalDate(Clock::System().WallMicros(), kWestern);
  if (live_ && day_->count() == 0) {
    options_.day = DateOfDays(DaysOfDate(today) - 1);
  }
  if (!IsDate(options_.day)) {
    return Status::InvalidArgument("--day wants a day, such as 20260504");
  }
  if (live_ && options_.day >= today) {
    return Status::InvalidArgument("--live goes on after --day, which is to be before today");
  }
  return Status::Ok();
}

ExitCode Simulate::Run(Output& output) {
  if (const Status status = CheckOptions(); !status.ok()) {
    return output.Fail(status);
  }
  const Result<std::vector<Village>> villages = Villages();
  if (!villages.ok()) {
    return output.Fail(villages.status());
  }
  Simulator simulator(options_, *villages);
  return posts() ? Post(simulator, output) : Print(simulator, output);
}

ExitCode Simulate::Print(Simulator& simulator, Output& output) {
  Progress progress("simulate", "commands");
  std::uint64_t count = 0;
  std::string line;
  const Simulator::Emit print = [&](const v1::Command& command) {
    line.clear();
    // Can't fail: every message of the schemas has a JSON form.
    (void)google::protobuf::util::MessageToJsonString(command, &line);
    line.push_back('\n');
    output.Raw(line);
    progress.Update(++count);
  };
  while (!simulator.at_end() && !StopRequested() && output.writable()) {
    simulator.RunQuarter(print);
  }
  if (StopRequested()) {
    return output.Fail(Status::Cancelled("stopped; the last day is not complete"));
  }
  const Status written = WriteLists(simulator);
  return written.ok() ? ExitCode::kOk : output.Fail(written);
}

ExitCode Simulate::Post(Simulator& simulator, Output& output) {
  const Result<std::unique_ptr<CommandSink>> sink = OpenSink(ledger_, server_);
  if (!sink.ok()) {
    return output.Fail(sink.status());
  }
  Result<Acknowledgements> acknowledgements = Acknowledgements::Open(acknowledged_);
  if (!acknowledgements.ok()) {
    return output.Fail(acknowledgements.status());
  }
  SimulationPoster poster(simulator, **sink, rate_, *acknowledgements);
  poster.PostHistory();
  const bool whole =
      simulator.at_end() && poster.report().stopped().empty() && poster.acknowledged().ok();
  const double seconds = poster.seconds();
  const std::uint64_t history = poster.report().total();
  if (whole) {
    output.Line("{} days of {} cooperatives: {} commands in {:.1f} s, {}/s", options_.days,
                FormatCount(options_.cooperatives), FormatCount(history), seconds,
                FormatCount(static_cast<std::uint64_t>(static_cast<double>(history) / seconds)));
    if (const Status written = WriteLists(simulator); !written.ok()) {
      return output.Fail(written);
    }
  }
  if (whole && live_ && !StopRequested()) {
    output.Line("Live, with {} times the usual trade; Ctrl-C ends it", speed_);
    if (const Status flushed = output.Flush(); !flushed.ok()) {
      return output.Fail(flushed);
    }
    poster.PostLive(speed_);
  }
  const Status closed = (*sink)->Close();
  poster.report().Print(output, kRefusalsShown);
  output.Document(poster.report().ToJson());
  if (!poster.report().stopped().empty()) {
    return output.Fail(Status::IoError("the ledger takes no more: " + poster.report().stopped() +
                                       " What was acknowledged stays; then run the same again."));
  }
  if (!closed.ok() || !poster.acknowledged().ok()) {
    return output.Fail(closed.ok() ? poster.acknowledged() : closed);
  }
  if (!whole) {
    return output.Fail(
        Status::Cancelled("stopped; what was acknowledged stays. To go on, run the same again."));
  }
  return poster.report().refused() == 0 ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace

std::unique_ptr<Command> MakeSimulate() { return std::make_unique<Simulate>(); }

}  // namespace lumbung
