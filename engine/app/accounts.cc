// lumbung accounts: all accounts of the ledger or of a cooperative.
#include <algorithm>
#include <vector>

#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"

namespace lumbung {
namespace {

class Accounts : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "accounts", "List accounts with their balances",
        "lumbung accounts barn --cooperative 20417\n"
        "lumbung accounts barn --code 1121 --json\n",
        "Balances are shown in the direction in which the account grows; an account that stands\n"
        "on the other side is negative.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("--cooperative", cooperative_, "Only of this cooperative");
    app.add_option("--code", code_, "Only of this code");
  }

  ExitCode Run(Output& output) override;

 private:
  bool Wanted(const AccountKey& key) const {
    return (cooperative_ == 0 || key.cooperative == cooperative_) &&
           (code_ == 0 || key.code == code_);
  }
  void Print(Output& output, const std::vector<AccountView>& views) const;

  LedgerArguments ledger_;
  std::uint64_t cooperative_ = 0;
  std::uint32_t code_ = 0;
};

ExitCode Accounts::Run(Output& output) {
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  std::vector<AccountView> views;
  Status status;
  for (std::uint32_t i = 0; status.ok() && i < (*ledger)->shards(); ++i) {
    status = (*ledger)->shard(i).Read([&](const State& state, std::uint64_t) {
      for (std::size_t row = 0; row < state.accounts().size(); ++row) {
        if (Wanted(state.accounts().row(row).key)) {
          views.push_back(ViewOf(state, state.accounts().row(row)));
        }
      }
    });
  }
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
