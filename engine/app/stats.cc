// lumbung stats: how large a ledger is, and what it costs.
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_reader.h"

namespace lumbung {
namespace {

std::string FormatBytes(std::uint64_t bytes) {
  constexpr double kMebi = 1024.0 * 1024.0;
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / kMebi);
}

class Stats : public Command {
 public:
  const About& about() const override {
    static const About kAbout{"stats", "Show how large a ledger is, and what it costs",
                              "lumbung stats barn\n"
                              "lumbung stats barn --json\n"
                              "lumbung stats --server 127.0.0.1:7070\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override { AddLedgerOrServer(app, ledger_, server_); }

  ExitCode Run(Output& output) override;

 private:
  static Json ShardJson(const v1::ShardInfo& shard);
  static void Print(Output& output, const Json& shard);

  LedgerArguments ledger_;
  ServerArguments server_;
};

Json Stats::ShardJson(const v1::ShardInfo& shard) {
  return {{"shard", shard.shard()},
          {"head", shard.head()},
          {"hash", ToHex(shard.hash())},
          {"root", ToHex(shard.root())},
          {"accounts", shard.accounts()},
          {"account_bytes", shard.account_bytes()},
          {"account_memory_bytes", shard.account_memory_bytes()},
          {"log_bytes_on_disk", shard.log_bytes_on_disk()},
          {"derived_sequence", shard.derived_sequence()},
          {"replayed_at_opening", shard.replayed_at_opening()}};
}

void Stats::Print(Output& output, const Json& shard) {
  const auto number = [&shard](const char* name) { return shard[name].get<std::uint64_t>(); };
  output.Line("shard {}", number("shard"));
  output.Line("  events      {}", FormatCount(number("head")));
  output.Line("  hash        {}", shard["hash"].get<std::string>());
  output.Line("  root        {}", shard["root"].get<std::string>());
  output.Line("  accounts    {}, {} of {}", FormatCount(number("accounts")),
              FormatBytes(number("account_bytes")), FormatBytes(number("account_memory_bytes")));
  const double bytes = static_cast<double>(number("log_bytes_on_disk"));
  output.Line("  log         {} on disk, {:.0f} bytes an event",
              FormatBytes(number("log_bytes_on_disk")),
              number("head") == 0 ? 0.0 : bytes / static_cast<double>(number("head")));
  output.Line("  opening     replayed {} events on top of the {} that the derived store had",
              FormatCount(number("replayed_at_opening")), FormatCount(number("derived_sequence")));
}

ExitCode Stats::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_); !status.ok()) {
    return output.Fail(status);
  }
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  const Result<v1::GetLedgerInfoResponse> info = (*ledger)->Info();
  const Status closed = (*ledger)->Close();
  if (!info.ok() || !closed.ok()) {
    return output.Fail(info.ok() ? closed : info.status());
  }
  output.Line("ledger {} ({}), {} shards", info->ledger_id(), info->origin(), ShardsOf(*info));
  Json shards = Json::array();
  for (const v1::ShardInfo& shard : info->shards()) {
    shards.push_back(ShardJson(shard));
    Print(output, shards.back());
  }
  output.Document(
      {{"ledger_id", info->ledger_id()}, {"origin", info->origin()}, {"shards", shards}});
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeStats() { return std::make_unique<Stats>(); }

}  // namespace lumbung
