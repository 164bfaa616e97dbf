// lumbung balance: one account.
#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_reader.h"

namespace lumbung {
namespace {

class Balance : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "balance", "Show the balance of an account",
        "lumbung balance barn 20417:1121\n"
        "lumbung balance barn 20417:1121:0:GBP --json\n"
        "lumbung balance --server 127.0.0.1:7070 20417:1121\n",
        "An account is COOPERATIVE:CODE, with :HOLDER where it has one and :CURRENCY where it is\n"
        "not IDR. In JSON amounts are minor units, balance is debits less credits.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("ACCOUNT", account_, "Such as 20417:2111:184");
  }

  ExitCode Run(Output& output) override;

 private:
  static void Print(Output& output, const AccountView& view, std::uint64_t sequence);

  LedgerArguments ledger_;
  ServerArguments server_;
  std::string account_;
};

ExitCode Balance::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, account_); !status.ok()) {
    return output.Fail(status);
  }
  const Result<AccountKey> key = AccountArgument(account_);
  if (!key.ok()) {
    return output.Fail(key.status());
  }
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  const Result<v1::GetAccountResponse> account = (*ledger)->Account(*key);
  const Status closed = (*ledger)->Close();
  if (!account.ok() || !closed.ok()) {
    return output.Fail(account.ok() ? closed : account.status());
  }
  Print(output, ViewOf(*account), account->as_of());
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
