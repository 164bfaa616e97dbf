// lumbung balance: one account.
#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"

namespace lumbung {
namespace {

class Balance : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "balance", "Show the balance of an account",
        "lumbung balance barn 20417:1121\n"
        "lumbung balance barn 20417:1121:0:GBP --json\n",
        "An account is COOPERATIVE:CODE, with :HOLDER where it has one and :CURRENCY where it is\n"
        "not IDR. In JSON amounts are minor units, balance is debits less credits.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("ACCOUNT", account_, "Such as 20417:2111:184")->required();
  }

  ExitCode Run(Output& output) override;

 private:
  static void Print(Output& output, const AccountView& view, std::uint64_t sequence);

  LedgerArguments ledger_;
  std::string account_;
};

ExitCode Balance::Run(Output& output) {
  const Result<AccountKey> key = AccountArgument(account_);
  if (!key.ok()) {
    return output.Fail(key.status());
  }
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  std::optional<AccountView> view;
  std::uint64_t sequence = 0;
  Shard& shard = (*ledger)->shard(ShardOf(key->cooperative, (*ledger)->shards()));
  const Status read = shard.Read([&](const State& state, std::uint64_t at) {
    sequence = at;
    if (const AccountRow* row = state.accounts().Find(*key); row != nullptr) {
      view = ViewOf(state, *row);
    }
  });
  const Status closed = (*ledger)->Close();
  if (!read.ok() || !closed.ok()) {
    return output.Fail(read.ok() ? closed : read);
  }
  if (!view) {
    return output.Fail(Status::NotFound("account " + account_ +
                                        " has never been posted to or opened; its balance is 0"));
  }
  Print(output, *view, sequence);
  return ExitCode::kOk;
}

void Balance::Print(Output& output, const AccountView& view, std::uint64_t sequence) {
  Json json = ToJson(view);
  json["sequence"] = sequence;
  output.Document(json);
  output.Line("{}  {} / {}", FormatAccount(view.key), view.name_id, view.name_en);
  output.Line("  balance    {:>24}  ({})", FormatMoney(view.grown(), view),
              view.grows_by_debit ? "debit" : "credit");
  if (view.held_debit != 0 || view.held_credit != 0) {
    output.Line("  available  {:>24}", FormatMoney(view.available(), view));
  }
  if (view.status != "OPEN") {
    output.Line("  {}", view.status);
  }
  output.Line("  as of event {}; last changed by event {}", FormatCount(sequence),
              FormatCount(view.last_sequence));
}

}  // namespace

std::unique_ptr<Command> MakeBalance() { return std::make_unique<Balance>(); }

}  // namespace lumbung
