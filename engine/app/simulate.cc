// lumbung simulate: a day of village cooperatives, as NDJSON.
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "engine/app/commands.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/domain/account_key.h"
#include "engine/simulator/simulator.h"

namespace lumbung {
namespace {

class Simulate : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "simulate", "Print a simulated day of village cooperatives, as NDJSON",
        "lumbung simulate --cooperatives 3 --seed 7 > day.ndjson\n"
        "lumbung simulate --cooperatives 2 --trades 10 --expected expected.txt > small.ndjson\n",
        "The same seed gives the same lines, on every machine. `import transactions` takes them.\n"
        "Villages come from the CSV files of the npm package idn-area-data (--villages FOLDER);\n"
        "without it they are made up.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("--seed", options_.seed, "Of the random numbers")->capture_default_str();
    app.add_option("--cooperatives", options_.cooperatives, "How many")
        ->check(CLI::Range(1, 80'000))
        ->capture_default_str();
    app.add_option("--members", options_.members, "Of each cooperative")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--trades", options_.trades, "Of each cooperative's members and outlets")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    app.add_option("--day", options_.day, "The day, as 20260504")->capture_default_str();
    app.add_option("--villages", villages_, "Folder with villages.csv and the others");
    app.add_option("--list", list_,
                   "Write the cooperatives to this file: number, village code, village, district,\n"
                   "regency, province, separated by tabs");
    app.add_option("--expected", expected_,
                   "Write the balances that all of it comes to: account, debits less credits in\n"
                   "minor units");
  }

  ExitCode Run(Output& output) override;

 private:
  Result<std::vector<Village>> Villages() const;
  Status WriteLists(const Simulator& simulator) const;

  SimulationOptions options_;
  std::string villages_;
  std::string list_;
  std::string expected_;
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
    for (const auto& [key, balance] : simulator.expected_balances()) {
      file << FormatAccount(key) << '\t' << balance << '\n';
    }
    if (!file.flush()) {
      return Status::IoError("can't write " + expected_);
    }
  }
  return Status::Ok();
}

ExitCode Simulate::Run(Output& output) {
  if (!IsDate(options_.day)) {
    return output.Fail(Status::InvalidArgument("--day wants a day, such as 20260504"));
  }
  const Result<std::vector<Village>> villages = Villages();
  if (!villages.ok()) {
    return output.Fail(villages.status());
  }
  Simulator simulator(options_, *villages);
  Progress progress("simulate", "commands");
  std::uint64_t count = 0;
  std::string line;
  simulator.Run([&](const v1::Command& command) {
    if (StopRequested() || !output.writable()) {
      return;
    }
    line.clear();
    // Can't fail: every message of the schemas has a JSON form.
    (void)google::protobuf::util::MessageToJsonString(command, &line);
    line.push_back('\n');
    output.Raw(line);
    progress.Update(++count);
  });
  if (StopRequested()) {
    return output.Fail(Status::Cancelled("stopped; the day is not complete"));
  }
  const Status written = WriteLists(simulator);
  return written.ok() ? ExitCode::kOk : output.Fail(written);
}

}  // namespace

std::unique_ptr<Command> MakeSimulate() { return std::make_unique<Simulate>(); }

}  // namespace lumbung
