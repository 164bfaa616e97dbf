// lumbung replay: the log's events in order, as JSON, as they are kept, or as a hledger journal.
#include <chrono>
#include <iostream>
#include <thread>

#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/signals.h"
#include "engine/chain/hash.h"
#include "engine/domain/state.h"
#include "engine/exporters/hledger.h"
#include "engine/exporters/json.h"
#include "engine/exporters/proto.h"

namespace lumbung {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(100);
constexpr std::uint64_t kToTheEnd = UINT64_MAX;

class Replay : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "replay", "Print the log's events in order",
        "lumbung replay barn --from 2\n"
        "lumbung replay barn --format proto > barn.events\n"
        "lumbung replay barn --format hledger > barn.journal\n"
        "lumbung replay barn --follow\n",
        "json     a line an event, with its hash\n"
        "proto    length (two bytes, big-endian) and bytes of each event, as they are kept:\n"
        "         what `restore --export` takes and an independent verifier reads\n"
        "hledger  the postings of all shards as a journal; with all events, it asserts every\n"
        "         balance, so that `hledger check` compares its own sums with the ledger's\n"
        "--follow owns the ledger and goes on until Ctrl-C. As one process owns a ledger at a\n"
        "time, what it then shows is what the ledger itself records: holds that expire.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("--shard", shard_, "Which shard, where there are several");
    app.add_option("--from", from_, "First event")->check(CLI::PositiveNumber);
    app.add_option("--through", through_, "Last event")->check(CLI::PositiveNumber);
    app.add_option("--format", format_, "json, proto or hledger")
        ->check(CLI::IsMember({"json", "proto", "hledger"}))
        ->capture_default_str();
    app.add_flag("--follow", follow_, "Wait for new events");
  }

  ExitCode Run(Output& output) override;

 private:
  Status PrintEvents(Output& output, const LogStore& log, std::uint64_t from,
                     std::uint64_t through);
  Status PrintJournal(Output& output, const LedgerLogs& logs);
  Status AddToJournal(const LogStore& log, HledgerJournal& journal);
  Status Follow(Output& output);

  LedgerArguments ledger_;
  std::int64_t shard_ = -1;
  std::uint64_t from_ = 1;
  std::uint64_t through_ = kToTheEnd;
  std::string format_ = "json";
  bool follow_ = false;
};

Status Replay::PrintEvents(Output& output, const LogStore& log, std::uint64_t from,
                           std::uint64_t through) {
  Hasher hasher;
  v1::Event event;
  std::string text;
  LUMBUNG_RETURN_IF_ERROR(
      log.ForEach(from, through, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
        if (StopRequested()) {
          return Status::Cancelled("stopped before event " + std::to_string(sequence) +
                                   "; to go on, replay --from " + std::to_string(sequence));
        }
        text.clear();
        if (format_ == "proto") {
          AppendEntry(bytes, text);
        } else if (event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          AppendEventJson(event, hasher.Leaf(bytes), text);
        } else {
          return Status::Corruption("event " + std::to_string(sequence) + " can't be parsed");
        }
        output.Raw(text);
        return output.writable() ? Status::Ok() : Status::IoError("standard output is closed");
      }));
  return output.Flush();
}

Status Replay::AddToJournal(const LogStore& log, HledgerJournal& journal) {
  State state(ledger_.account_memory_mib << 20);
  v1::Event event;
  LUMBUNG_RETURN_IF_ERROR(
      log.ForEach(1, through_, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
        if (StopRequested()) {
          return Status::Cancelled("stopped; the journal is not complete");
        }
        if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          return Status::Corruption("event " + std::to_string(sequence) + " can't be parsed");
        }
        state.Apply(event);
        sequence < from_ ? journal.Learn(event) : journal.Add(event);
        return std::cout ? Status::Ok() : Status::IoError("standard output is closed");
      }));
  if (from_ == 1) {
    journal.AssertBalances(state.accounts());
  }
  return Status::Ok();
}

Status Replay::PrintJournal(Output& output, const LedgerLogs& logs) {
  HledgerJournal journal(std::cout);
  if (shard_ < 0) {
    for (std::uint32_t shard = 0; shard < logs.shards(); ++shard) {
      LUMBUNG_RETURN_IF_ERROR(AddToJournal(logs.log(shard), journal));
    }
  } else {
    const Result<std::uint32_t> shard = ChooseShard(shard_, logs.shards());
    LUMBUNG_RETURN_IF_ERROR(shard.status());
    LUMBUNG_RETURN_IF_ERROR(AddToJournal(logs.log(*shard), journal));
  }
  std::cout.flush();
  return std::cout ? output.Flush() : Status::IoError("standard output could not be written");
}

Status Replay::Follow(Output& output) {
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  const Result<std::uint32_t> shard = ChooseShard(shard_, (*ledger)->shards());
  LUMBUNG_RETURN_IF_ERROR(shard.status());
  const Shard& followed = (*ledger)->shard(*shard);
  std::uint64_t next = from_;
  while (!StopRequested() && next <= through_) {
    const std::uint64_t head = followed.head().sequence;
    if (head < next) {
      std::this_thread::sleep_for(kPollInterval);
      continue;
    }
    const std::uint64_t last = std::min(head, through_);
    const Status status = PrintEvents(output, followed.log(), next, last);
    if (status.kind() == Status::Kind::kCancelled) {
      break;  // Ctrl-C is how following ends
    }
    LUMBUNG_RETURN_IF_ERROR(status);
    next = last + 1;
  }
  return (*ledger)->Close();
}

ExitCode Replay::Run(Output& output) {
  Status status;
  if (follow_ && format_ == "hledger") {
    status = Status::InvalidArgument("--follow goes with json and proto");
  } else if (follow_) {
    status = Follow(output);
  } else {
    const Result<LedgerLogs> logs = LedgerLogs::Open(ledger_.dir);
    status = logs.status();
    if (logs.ok() && format_ == "hledger") {
      status = PrintJournal(output, *logs);
    } else if (logs.ok()) {
      const Result<std::uint32_t> shard = ChooseShard(shard_, logs->shards());
      status =
          shard.ok() ? PrintEvents(output, logs->log(*shard), from_, through_) : shard.status();
    }
  }
  return status.ok() ? ExitCode::kOk : output.Fail(status);
}

}  // namespace

std::unique_ptr<Command> MakeReplay() { return std::make_unique<Replay>(); }

}  // namespace lumbung
