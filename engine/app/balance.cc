// lumbung balance: one account.
#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/client/execute.h"

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};

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
  ExitCode AskServer(Output& output, const AccountKey& key) const;
  static void Print(Output& output, const AccountView& view, std::uint64_t sequence);

  LedgerArguments ledger_;
  ServerArguments server_;
  std::string account_;
};

ExitCode Balance::AskServer(Output& output, const AccountKey& key) const {
  Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server_.address);
  if (!client.ok()) {
    return output.Fail(client.status());
  }
  v1::GetAccountRequest request;
  request.mutable_account()->set_cooperative(key.cooperative);
  request.mutable_account()->set_code(key.code);
  request.mutable_account()->set_holder(key.holder);
  request.mutable_account()->set_currency(FormatCurrency(key.currency));
  v1::GetAccountResponse response;
  grpc::ClientContext context;
  PrepareContext(server_.address, kTimeout, context);
  if (const Status status = FromGrpc((*client)->stub().GetAccount(&context, request, &response));
      !status.ok()) {
    return output.Fail(status);
  }
  const v1::Balance& balance = response.balance();
  output.Document({{"account", FormatAccount(key)},
                   {"balance", std::to_string(balance.balance())},
                   {"held_debit", std::to_string(balance.held_debit())},
                   {"held_credit", std::to_string(balance.held_credit())},
                   {"available", std::to_string(balance.available())},
                   {"status", v1::AccountStatus::Status_Name(response.status())},
                   {"last_sequence", response.last_sequence()},
                   {"sequence", response.as_of()}});
  output.Line("{}", FormatAccount(key));
  output.Line("  balance    {} minor units, available {}", balance.balance(), balance.available());
  output.Line("  as of event {}; last changed by event {}", FormatCount(response.as_of()),
              FormatCount(response.last_sequence()));
  return ExitCode::kOk;
}

ExitCode Balance::Run(Output& output) {
  std::vector<std::string> words;
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, words); !status.ok()) {
    return output.Fail(status);
  }
  if (account_.empty() && !words.empty()) {
    account_ = words.front();
  }
  const Result<AccountKey> key = AccountArgument(account_);
  if (!key.ok()) {
    return output.Fail(key.status());
  }
  if (server_.given()) {
    return AskServer(output, *key);
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
