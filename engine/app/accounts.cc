// lumbung accounts: all accounts of the ledger or of a cooperative.
#include <algorithm>
#include <vector>

#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_reader.h"

namespace lumbung {
namespace {

class Accounts : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "accounts", "List accounts with their balances",
        "lumbung accounts barn --cooperative 20417\n"
        "lumbung accounts barn --code 1121 --json\n"
        "lumbung accounts --server 127.0.0.1:7070 --cooperative 20417\n",
        "Balances are shown in the direction in which the account grows; an account that stands\n"
        "on the other side is negative.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("--cooperative", cooperative_, "Only of this cooperative");
    app.add_option("--code", code_, "Only of this code");
  }

  ExitCode Run(Output& output) override;

 private:
  void Print(Output& output, const std::vector<AccountView>& views) const;

  LedgerArguments ledger_;
  ServerArguments server_;
  std::uint64_t cooperative_ = 0;
  std::uint32_t code_ = 0;
};

ExitCode Accounts::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_); !status.ok()) {
    return output.Fail(status);
  }
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  std::vector<AccountView> views;
  const Status status =
      (*ledger)->ForEachAccount(cooperative_, [&](const v1::GetAccountResponse& account) {
        if (code_ == 0 || account.balance().account().code() == code_) {
          views.push_back(ViewOf(account));
        }
      });
  const Status closed = (*ledger)->Close();
  if (!status.ok() || !closed.ok()) {
    return output.Fail(status.ok() ? closed : status);
  }
  std::sort(views.begin(), views.end(),
            [](const AccountView& a, const AccountView& b) { return a.key < b.key; });
  Print(output, views);
  return ExitCode::kOk;
}

void Accounts::Print(Output& output, const std::vector<AccountView>& views) const {
  if (output.json()) {
    Json list = Json::array();
    for (const AccountView& view : views) {
      list.push_back(ToJson(view));
    }
    return output.Document({{"accounts", list}});
  }
  for (const AccountView& view : views) {
    output.Line("{:<28} {:>24}  {}{}", FormatAccount(view.key), FormatMoney(view.grown(), view),
                view.name_id, view.status == "OPEN" ? "" : "  " + view.status);
  }
  output.Line("{} accounts", FormatCount(views.size()));
}

}  // namespace

std::unique_ptr<Command> MakeAccounts() { return std::make_unique<Accounts>(); }

}  // namespace lumbung
