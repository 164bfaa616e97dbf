// lumbung statement: what moved an account, with the running balance, by reading the log.
#include <vector>

#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/event_view.h"
#include "engine/app/ledger_reader.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/verify/event_scan.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kProgressEvents = 100'000;

struct StatementLine {
  std::uint64_t sequence = 0;
  std::int64_t recorded_at = 0;
  Date posting_date = 0;
  std::string transaction_id;
  std::string kind;
  std::string channel;
  std::string reference;
  // Debit positive, credit negative.
  std::int64_t change = 0;
  // Debits less credits, after this line.
  std::int64_t balance = 0;
};

// Whether an event moves an account, seen from its bytes alone.
bool Moves(std::string_view bytes, const AccountKey& key) {
  ScannedEvent event;
  if (!ScanEvent(bytes, event)) {
    return false;
  }
  TransactionScanner transactions(event);
  ScannedTransaction transaction;
  while (transactions.Next(transaction)) {
    if (transaction.cooperative != key.cooperative) {
      continue;
    }
    EntryScanner entries(transaction.bytes);
    ScannedEntry entry;
    while (entries.Next(entry)) {
      if (entry.code == key.code && entry.holder == key.holder &&
          ParseCurrency(entry.currency) == key.currency) {
        return true;
      }
    }
  }
  return false;
}

class Statement : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "statement", "Show what moved an account, with the running balance",
        "lumbung statement barn 20417:1121\n"
        "lumbung statement barn 20417:1121 --since 20260501 --until 20260531 --json\n"
        "lumbung statement --server 127.0.0.1:7070 20417:1121\n",
        "Lines stand in the order in which they were recorded; a late fact may so have a posting\n"
        "date before that of the line above it. The balance is that of the whole account, also\n"
        "where --since and --until leave lines out. A server gives its log to auditors, and to\n"
        "operators of all cooperatives.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("ACCOUNT", account_, "Such as 20417:2111:184");
    app.add_option("--since", since_, "First posting date to show, as 20260501");
    app.add_option("--until", until_, "Last posting date to show");
  }

  ExitCode Run(Output& output) override;

 private:
  Status ReadLines(LedgerReader& ledger, std::uint32_t shard, std::uint64_t last);
  void AddEvent(const v1::Event& event);
  // The account as of event `last`, and its lines up to there.
  Status Read(LedgerReader& ledger, AccountView& view, std::uint64_t& last);
  void Print(Output& output, const AccountView& view, std::uint64_t last) const;
  void PrintJson(Output& output, const AccountView& view, std::uint64_t last) const;

  LedgerArguments ledger_;
  ServerArguments server_;
  std::string account_;
  Date since_ = 0;
  Date until_ = 99991231;
  AccountKey key_;
  std::int64_t balance_ = 0;
  std::vector<StatementLine> lines_;
};

void Statement::AddEvent(const v1::Event& event) {
  ForEachPosted(event, [&](const v1::Transaction& transaction, const v1::Posting& posting) {
    if (transaction.cooperative() != key_.cooperative) {
      return;
    }
    for (const v1::Entry& entry : transaction.entries()) {
      if (entry.code() != key_.code || entry.holder() != key_.holder ||
          ParseCurrency(entry.currency()) != key_.currency) {
        continue;
      }
      const std::int64_t change = entry.has_debit() ? entry.debit() : -entry.credit();
      balance_ += change;
      if (posting.posting_date() >= since_ && posting.posting_date() <= until_) {
        lines_.push_back({event.sequence(), event.recorded_at(), posting.posting_date(),
                          transaction.transaction_id(), transaction.kind(), transaction.channel(),
                          transaction.reference(), change, balance_});
      }
    }
  });
}

Status Statement::ReadLines(LedgerReader& ledger, std::uint32_t shard, std::uint64_t last) {
  Progress progress("statement", "events");
  v1::Event event;
  return ledger.ForEachEvent(
      shard, 1, last, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
        if (sequence % kProgressEvents == 0) {
          progress.Update(sequence, static_cast<double>(sequence) / static_cast<double>(last));
          if (StopRequested()) {
            return Status::Cancelled("stopped");
          }
        }
        if (!Moves(bytes, key_)) {
          return Status::Ok();
        }
        if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return Status::Corruption("event " + std::to_string(sequence) + " can't be parsed");
        }
        AddEvent(event);
        return Status::Ok();
      });
}

Status Statement::Read(LedgerReader& ledger, AccountView& view, std::uint64_t& last) {
  const Result<v1::GetLedgerInfoResponse> info = ledger.Info();
  LUMBUNG_RETURN_IF_ERROR(info.status());
  const Result<v1::GetAccountResponse> account = ledger.Account(key_);
  LUMBUNG_RETURN_IF_ERROR(account.status());
  view = ViewOf(*account);
  last = account->as_of();
  LUMBUNG_RETURN_IF_ERROR(ReadLines(ledger, ShardOf(key_.cooperative, ShardsOf(*info)), last));
  if (balance_ != view.balance) {
    return Status::Corruption(fmt::format(
        "the log gives account {} the balance {}, the state has {}, in minor units: run "
        "`lumbung verify {}`",
        account_, balance_, view.balance, server_.given() ? "DIR" : ledger_.dir));
  }
  return Status::Ok();
}

ExitCode Statement::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, account_); !status.ok()) {
    return output.Fail(status);
  }
  const Result<AccountKey> key = AccountArgument(account_);
  if (!key.ok()) {
    return output.Fail(key.status());
  }
  key_ = *key;
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  AccountView view;
  std::uint64_t last = 0;
  const Status status = Read(**ledger, view, last);
  const Status closed = (*ledger)->Close();
  if (!status.ok() || !closed.ok()) {
    return output.Fail(status.ok() ? closed : status);
  }
  output.json() ? PrintJson(output, view, last) : Print(output, view, last);
  return ExitCode::kOk;
}

void Statement::Print(Output& output, const AccountView& view, std::uint64_t last) const {
  output.Line("{}  {} / {}  in {}", FormatAccount(view.key), view.name_id, view.name_en,
              FormatCurrency(view.key.currency));
  output.Line("{:<10} {:>9}  {:<20} {:<18} {:>20} {:>20} {:>22}", "posted", "event", "kind",
              "channel", "debit", "credit", "balance");
  for (const StatementLine& line : lines_) {
    const std::int64_t size = line.change < 0 ? -line.change : line.change;
    const std::string amount = FormatAmount(size, view.exponent);
    output.Line("{:<10} {:>9}  {:<20} {:<18} {:>20} {:>20} {:>22}", FormatDate(line.posting_date),
                line.sequence, line.kind, line.channel, line.change > 0 ? amount : "",
                line.change < 0 ? amount : "",
                FormatAmount(view.grows_by_debit ? line.balance : -line.balance, view.exponent));
  }
  output.Line("{} lines; balance {} as of event {}", FormatCount(lines_.size()),
              FormatMoney(view.grown(), view), FormatCount(last));
}

void Statement::PrintJson(Output& output, const AccountView& view, std::uint64_t last) const {
  Json lines = Json::array();
  for (const StatementLine& line : lines_) {
    lines.push_back({{"sequence", line.sequence},
                     {"recorded_at", FormatTime(line.recorded_at)},
                     {"posting_date", line.posting_date},
                     {"transaction_id", line.transaction_id},
                     {"kind", line.kind},
                     {"channel", line.channel},
                     {"reference", line.reference},
                     {"change", std::to_string(line.change)},
                     {"balance", std::to_string(line.balance)}});
  }
  output.Document({{"account", ToJson(view)}, {"sequence", last}, {"lines", lines}});
}

}  // namespace

std::unique_ptr<Command> MakeStatement() { return std::make_unique<Statement>(); }

}  // namespace lumbung
