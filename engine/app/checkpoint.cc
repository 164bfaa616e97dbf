// lumbung checkpoint: a signed statement of how long the log is and what its root is.
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"

namespace lumbung {
namespace {

class PrintCheckpoint : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "checkpoint", "Print a signed checkpoint of the log",
        "lumbung checkpoint barn > barn.checkpoint\n"
        "lumbung checkpoint barn --shard 0 --json\n",
        "Whoever keeps it, outside the operator's reach, can show later that history was changed\n"
        "or cut: `lumbung verify DIR --checkpoint FILE --key KEY`. The format is that of\n"
        "transparency logs (C2SP tlog-checkpoint).\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("--shard", shard_, "Which shard, where there are several");
  }

  ExitCode Run(Output& output) override {
    Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
    if (!ledger.ok()) {
      return output.Fail(ledger.status());
    }
    const Result<std::uint32_t> shard = ChooseShard(shard_, (*ledger)->shards());
    if (!shard.ok()) {
      return output.Fail(shard.status());
    }
    const std::string text = (*ledger)->SignedCheckpoint(*shard);
    Hash root{};
    const Head head = (*ledger)->shard(*shard).TreeHead(root);
    const Status closed = (*ledger)->Close();
    if (!closed.ok()) {
      return output.Fail(closed);
    }
    output.Document(
        {{"shard", *shard}, {"size", head.sequence}, {"root", ToHex(root)}, {"checkpoint", text}});
    if (!output.json()) {
      output.Raw(text);
    }
    return ExitCode::kOk;
  }

 private:
  LedgerArguments ledger_;
  std::int64_t shard_ = -1;
};

}  // namespace

std::unique_ptr<Command> MakeCheckpoint() { return std::make_unique<PrintCheckpoint>(); }

}  // namespace lumbung
