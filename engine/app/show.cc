// lumbung show: a transaction and everything that names it, by reading the log.
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/chart_book.h"
#include "engine/app/commands.h"
#include "engine/app/event_view.h"
#include "engine/app/ledger_reader.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/base/uuid.h"
#include "engine/chain/hash.h"
#include "engine/exporters/json.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kProgressEvents = 100'000;

struct FoundEvent {
  std::uint32_t shard = 0;
  v1::Event event;
  Hash hash{};
};

class Show : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "show", "Show a transaction and what became of it",
        "lumbung show barn 01890f0a-7c00-7000-8000-000000000001\n"
        "lumbung show barn 01890f0a-7c00-7000-8000-000000000001 --json\n"
        "lumbung show --server 127.0.0.1:7070 01890f0a-7c00-7000-8000-000000000001\n",
        "Prints every event that names the id: the transaction itself, its reversal, what is\n"
        "related to it, a refusal. It reads the whole log; --cooperative spares it the shards in\n"
        "which the cooperative does not live. A server gives its log to auditors, and to "
        "operators\n"
        "of all cooperatives.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("TRANSACTION", id_, "Its id, a UUID; or the id of any other command");
    app.add_option("--cooperative", cooperative_, "Whose books it is in");
  }

  ExitCode Run(Output& output) override;

 private:
  Status Search(LedgerReader& ledger, std::uint32_t shard, std::uint64_t last);
  Status SearchAll(LedgerReader& ledger);
  void Print(Output& output) const;
  void PrintTransaction(Output& output, const v1::Transaction& transaction,
                        const v1::Posting& posting, const Chart* chart) const;

  LedgerArguments ledger_;
  ServerArguments server_;
  std::string id_;
  std::uint64_t cooperative_ = 0;
  std::vector<FoundEvent> found_;
  // One a shard.
  std::vector<ChartBook> charts_;
};

Status Show::Search(LedgerReader& ledger, std::uint32_t shard, std::uint64_t last) {
  Progress progress("show", "events");
  Hasher hasher;
  ChartBook& charts = charts_[shard];
  return ledger.ForEachEvent(
      shard, 1, last, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
        if (sequence % kProgressEvents == 0) {
          progress.Update(sequence, static_cast<double>(sequence) / static_cast<double>(last));
          if (StopRequested()) {
            return Status::Cancelled("stopped");
          }
        }
        LUMBUNG_RETURN_IF_ERROR(charts.Learn(bytes));
        if (bytes.find(id_) == std::string_view::npos) {
          return Status::Ok();
        }
        FoundEvent& found = found_.emplace_back();
        found.shard = shard;
        found.hash = hasher.Leaf(bytes);
        return found.event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                   ? Status::Ok()
                   : Status::Corruption("event " + std::to_string(sequence) + " can't be parsed");
      });
}

Status Show::SearchAll(LedgerReader& ledger) {
  const Result<v1::GetLedgerInfoResponse> info = ledger.Info();
  LUMBUNG_RETURN_IF_ERROR(info.status());
  charts_ = std::vector<ChartBook>(ShardsOf(*info));
  for (const v1::ShardInfo& shard : info->shards()) {
    if (cooperative_ == 0 || shard.shard() == ShardOf(cooperative_, ShardsOf(*info))) {
      LUMBUNG_RETURN_IF_ERROR(Search(ledger, shard.shard(), shard.head()));
    }
  }
  return found_.empty() ? Status::NotFound("no event names " + id_) : Status::Ok();
}

ExitCode Show::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, id_); !status.ok()) {
    return output.Fail(status);
  }
  if (!ParseUuid(id_)) {
    return output.Fail(Status::InvalidArgument((id_.empty() ? "nothing" : id_) +
                                               " is no id: a UUID in lower case is wanted"));
  }
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  const Status status = SearchAll(**ledger);
  const Status closed = (*ledger)->Close();
  if (!status.ok() || !closed.ok()) {
    return output.Fail(status.ok() ? closed : status);
  }
  Print(output);
  return ExitCode::kOk;
}

void Show::PrintTransaction(Output& output, const v1::Transaction& transaction,
                            const v1::Posting& posting, const Chart* chart) const {
  output.Line("  {} {} {} of cooperative {}, posted on {}", transaction.transaction_id(),
              transaction.kind(), transaction.channel(), transaction.cooperative(),
              FormatDate(posting.posting_date()));
  for (const v1::Entry& entry : transaction.entries()) {
    output.Line("    {}", EntryLine(transaction.cooperative(), entry, chart));
  }
  if (!transaction.reference().empty()) {
    output.Line("    reference {}", transaction.reference());
  }
  if (transaction.reverses() == id_) {
    output.Line("    reverses {}", id_);
  }
  for (const int code : posting.overrides()) {
    output.Line("    let past as a fact: {}", v1::Code_Name(static_cast<v1::Code>(code)));
  }
}

void Show::Print(Output& output) const {
  Json events = Json::array();
  for (const FoundEvent& found : found_) {
    std::string json;
    AppendEventJson(found.event, found.hash, json);
    events.push_back(Json::parse(json));
    events.back()["shard"] = found.shard;
    output.Line("event {} of shard {}: {}, recorded {}", found.event.sequence(), found.shard,
                BodyName(found.event), FormatTime(found.event.recorded_at()));
    output.Line("  hash {}", ToHex(found.hash));
    const auto print = [&](const v1::Transaction& transaction, const v1::Posting& posting) {
      PrintTransaction(
          output, transaction, posting,
          charts_[found.shard].Find(transaction.cooperative(), posting.posting_date()));
    };
    ForEachPosted(found.event, print);
    if (found.event.has_transaction_held()) {
      print(found.event.transaction_held().transaction(), found.event.transaction_held().posting());
    }
    if (found.event.has_command_rejected()) {
      output.Line("  refused: {}", v1::Code_Name(found.event.command_rejected().code()));
    }
  }
  output.Document({{"id", id_}, {"events", events}});
}

}  // namespace

std::unique_ptr<Command> MakeShow() { return std::make_unique<Show>(); }

}  // namespace lumbung
