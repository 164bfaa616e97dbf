// lumbung backup: a consistent copy of a ledger.
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"

namespace lumbung {
namespace {

class Backup : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "backup", "Copy a ledger, consistent and whole",
        "lumbung backup barn barn.backup\n"
        "lumbung backup barn barn.backup-json --json\n",
        "TO must be empty or not exist; on the same file system files are linked, not copied. The\n"
        "copy holds the private key of the checkpoints: guard it as you guard the ledger. Bring\n"
        "it back with `lumbung restore`, never by copying it over a ledger.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("TO", to_, "Folder for the copy")->required();
  }

  ExitCode Run(Output& output) override {
    Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
    if (!ledger.ok()) {
      return output.Fail(ledger.status());
    }
    Json shards = Json::array();
    for (std::uint32_t i = 0; i < (*ledger)->shards(); ++i) {
      const Head head = (*ledger)->shard(i).head();
      shards.push_back({{"shard", i}, {"head", head.sequence}, {"hash", ToHex(head.hash)}});
    }
    const Status copied = (*ledger)->Backup(to_);
    const Status closed = (*ledger)->Close();
    if (!copied.ok() || !closed.ok()) {
      return output.Fail(copied.ok() ? closed : copied);
    }
    output.Document({{"to", to_}, {"shards", shards}});
    for (const Json& shard : shards) {
      output.Line("shard {}: through event {}", shard["shard"].get<std::uint64_t>(),
                  FormatCount(shard["head"].get<std::uint64_t>()));
    }
    output.Line("copied to {}", to_);
    return ExitCode::kOk;
  }

 private:
  LedgerArguments ledger_;
  std::string to_;
};

}  // namespace

std::unique_ptr<Command> MakeBackup() { return std::make_unique<Backup>(); }

}  // namespace lumbung
