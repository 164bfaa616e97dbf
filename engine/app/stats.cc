// lumbung stats: how large a ledger is, and what it costs.
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"

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
                              "lumbung stats barn --json\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override { AddLedgerOptions(app, ledger_); }

  ExitCode Run(Output& output) override;

 private:
  Json ShardJson(Shard& shard, std::uint32_t number) const;
  static void Print(Output& output, const Json& shard);

  LedgerArguments ledger_;
};

Json Stats::ShardJson(Shard& shard, std::uint32_t number) const {
  const ShardStats stats = shard.Stats();
  Hash root{};
  const Head head = shard.TreeHead(root);
  return {{"shard", number},
          {"head", head.sequence},
          {"hash", ToHex(head.hash)},
          {"root", ToHex(root)},
          {"accounts", stats.accounts},
          {"account_bytes", stats.account_bytes},
          {"account_memory_bytes", ledger_.account_memory_mib << 20},
          {"log_bytes_on_disk", stats.log.bytes_on_disk},
          {"derived_sequence", stats.derived_sequence},
          {"replayed_at_opening", stats.replayed_at_opening}};
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
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  const LedgerInfo info = (*ledger)->info();
  output.Line("ledger {} ({}), {} shards", info.ledger_id, info.origin, info.shards);
  Json shards = Json::array();
  for (std::uint32_t i = 0; i < info.shards; ++i) {
    shards.push_back(ShardJson((*ledger)->shard(i), i));
    Print(output, shards.back());
  }
  output.Document({{"ledger_id", info.ledger_id}, {"origin", info.origin}, {"shards", shards}});
  const Status closed = (*ledger)->Close();
  return closed.ok() ? ExitCode::kOk : output.Fail(closed);
}

}  // namespace

std::unique_ptr<Command> MakeStats() { return std::make_unique<Stats>(); }

}  // namespace lumbung
