// lumbung init: makes a ledger and publishes its first chart of accounts.
#include <algorithm>

#include "engine/app/answers.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/program_ids.h"
#include "engine/chain/checkpoint.h"
#include "engine/store/posix.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

class Init : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "init", "Make a ledger",
        "lumbung init barn --origin barn.example\n"
        "lumbung init barn --origin barn.example --shards 4 --json\n",
        "DIR must be empty or not exist. The keys that are printed are what others check the\n"
        "ledger's checkpoints with: give them to your auditors. DIR/checkpoint.pem is the\n"
        "private half: keep it to yourself.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerFolder(app, ledger_.dir);
    app.add_option("--origin", origin_, "Name of the ledger in its checkpoints, such as a domain")
        ->required();
    app.add_option("--shards", shards_, "Chains that cooperatives are spread over, for ever")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    auto* chart = app.add_option("--chart", chart_file_, "JSON of the chart to publish first");
    app.add_flag("--no-chart", no_chart_, "Publish no chart")->excludes(chart);
  }

  ExitCode Run(Output& output) override;

 private:
  Status ReadChart(v1::Chart& chart) const;
  Status PublishChart(Ledger& ledger, const v1::Chart& chart) const;

  LedgerArguments ledger_;
  std::string origin_;
  std::uint32_t shards_ = 1;
  std::string chart_file_;
  bool no_chart_ = false;
};

Status Init::ReadChart(v1::Chart& chart) const {
  if (chart_file_.empty()) {
    return ParseJson(std::string(DefaultChartJson()), "the default chart", chart);
  }
  const Result<std::string> json = ReadFile(chart_file_);
  return json.ok() ? ParseJson(*json, chart_file_, chart) : json.status();
}

Status Init::PublishChart(Ledger& ledger, const v1::Chart& chart) const {
  v1::Command command;
  *command.mutable_publish_chart() = chart;
  command.set_command_id(IdOfContent(command));
  const Answer answer = ledger.Execute(command);
  if (answer.code == v1::OK) {
    return Status::Ok();
  }
  return Status::Refused("the chart was refused: " + v1::Code_Name(answer.code) + ": " +
                         answer.detail + "; the ledger is there without a chart: publish one");
}

ExitCode Init::Run(Output& output) {
  v1::Chart chart;
  if (!no_chart_) {
    if (const Status status = ReadChart(chart); !status.ok()) {
      return output.Fail(status);
    }
  }
  if (const Status status = Ledger::Create(ledger_.dir, origin_, shards_); !status.ok()) {
    return output.Fail(status);
  }
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  Status status = no_chart_ ? Status::Ok() : PublishChart(**ledger, chart);
  Json keys = Json::array();
  for (std::uint32_t shard = 0; status.ok() && shard < shards_; ++shard) {
    status = (*ledger)->shard(shard).Read([&](const State& state, std::uint64_t) {
      PublicKey key{};
      const std::string& bytes = state.ledger().checkpoint_key();
      std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
      keys.push_back(VerifierKey(state.ledger().origin(), key));
    });
  }
  const Status closed = (*ledger)->Close();
  if (!status.ok() || !closed.ok()) {
    return output.Fail(status.ok() ? closed : status);
  }
  output.Document({{"ledger_id", (*ledger)->info().ledger_id},
                   {"origin", origin_},
                   {"shards", shards_},
                   {"chart", no_chart_ ? Json() : Json(chart.name())},
                   {"verifier_keys", keys}});
  output.Line("ledger {} in {}", (*ledger)->info().ledger_id, ledger_.dir);
  if (!no_chart_) {
    output.Line("chart {} version {} with {} codes", chart.name(), chart.version(),
                chart.codes_size());
  }
  output.Line("keep these keys, and give them to your auditors:");
  for (const Json& key : keys) {
    output.Line("  {}", key.get<std::string>());
  }
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeInit() { return std::make_unique<Init>(); }

}  // namespace lumbung
