// lumbung checkpoint: a signed statement of how long the log is and what its root is.
#include "engine/app/commands.h"
#include "engine/app/ledger_reader.h"

namespace lumbung {
namespace {

class PrintCheckpoint : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "checkpoint", "Print a signed checkpoint of the log",
        "lumbung checkpoint barn > barn.checkpoint\n"
        "lumbung checkpoint barn --shard 0 --json\n"
        "lumbung checkpoint --server 127.0.0.1:7070\n",
        "Whoever keeps it, outside the operator's reach, can show later that history was changed\n"
        "or cut: `lumbung verify DIR --checkpoint FILE --key KEY`. The format is that of\n"
        "transparency logs (C2SP tlog-checkpoint).\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("--shard", shard_, "Which shard, where there are several");
  }

  ExitCode Run(Output& output) override {
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
    const Result<std::uint32_t> number = ChooseShard(shard_, ShardsOf(*info));
    if (!number.ok()) {
      return output.Fail(number.status());
    }
    const v1::ShardInfo& shard = info->shards(static_cast<int>(*number));
    output.Document({{"shard", *number},
                     {"size", shard.head()},
                     {"root", ToHex(shard.root())},
                     {"checkpoint", shard.checkpoint()}});
    if (!output.json()) {
      output.Raw(shard.checkpoint());
    }
    return ExitCode::kOk;
  }

 private:
  LedgerArguments ledger_;
  ServerArguments server_;
  std::int64_t shard_ = -1;
};

}  // namespace

std::unique_ptr<Command> MakeCheckpoint() { return std::make_unique<PrintCheckpoint>(); }

}  // namespace lumbung
