// lumbung show: a transaction and everything that names it, by reading the log.
#include <vector>

#include "engine/app/account_view.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/event_view.h"
#include "engine/app/ledger_access.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/base/uuid.h"
#include "engine/chain/hash.h"
#include "engine/domain/balances.h"
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
        "lumbung show barn 01890f0a-7c00-7000-8000-000000000001 --json\n",
        "Prints every event that names the id: the transaction itself, its reversal, what is\n"
        "related to it, a refusal. It reads the whole log; --cooperative spares it the shards in\n"
        "which the cooperative does not live.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("TRANSACTION", id_, "Its id, a UUID; or the id of any other command")
        ->required();
    app.add_option("--cooperative", cooperative_, "Whose books it is in");
  }

  ExitCode Run(Output& output) override;

 private:
  Status Search(Ledger& ledger, std::uint32_t shard);
  void Print(Output& output, Ledger& ledger) const;
  void PrintTransaction(Output& output, const v1::Transaction& transaction,
                        const v1::Posting& posting, const Chart* chart) const;

  LedgerArguments ledger_;
  std::string id_;
  std::uint64_t cooperative_ = 0;
  std::vector<FoundEvent> found_;
};

Status Show::Search(Ledger& ledger, std::uint32_t shard) {
  Progress progress("show", "events");
  const LogStore& log = ledger.shard(shard).log();
  const std::uint64_t last = log.head().sequence;
  Hasher hasher;
  return log.ForEach(1, last, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
    if (sequence % kProgressEvents == 0) {
      progress.Update(sequence, static_cast<double>(sequence) / static_cast<double>(last));
      if (StopRequested()) {
        return Status::Cancelled("stopped");
      }
    }
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

ExitCode Show::Run(Output& output) {
  if (!ParseUuid(id_)) {
    return output.Fail(Status::InvalidArgument(id_ + " is no id: a UUID in lower case is wanted"));
  }
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  if (!ledger.ok()) {
    return output.Fail(ledger.status());
  }
  Status status;
  for (std::uint32_t shard = 0; status.ok() && shard < (*ledger)->shards(); ++shard) {
    if (cooperative_ == 0 || shard == ShardOf(cooperative_, (*ledger)->shards())) {
      status = Search(**ledger, shard);
    }
  }
  if (status.ok() && found_.empty()) {
    status = Status::NotFound("no event names " + id_);
  }
  if (status.ok()) {
    Print(output, **ledger);
  }
  const Status closed = (*ledger)->Close();
  return status.ok() && closed.ok() ? ExitCode::kOk : output.Fail(status.ok() ? closed : status);
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

void Show::Print(Output& output, Ledger& ledger) const {
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
      const Status read = ledger.shard(found.shard).Read([&](const State& state, std::uint64_t) {
        PrintTransaction(output, transaction, posting,
                         ChartOf(state, transaction.cooperative(), posting.posting_date()));
      });
      if (!read.ok()) {
        output.Note("lumbung: {}", read.message());
      }
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
