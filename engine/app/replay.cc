// lumbung replay: the log's events in order, as JSON, as they are kept, or as a hledger journal.
#include <functional>
#include <iostream>

#include "engine/app/commands.h"
#include "engine/app/ledger_reader.h"
#include "engine/app/signals.h"
#include "engine/chain/hash.h"
#include "engine/domain/state.h"
#include "engine/exporters/hledger.h"
#include "engine/exporters/json.h"
#include "engine/exporters/proto.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kToTheEnd = UINT64_MAX;

// Events of a ledger's shards, as LedgerReader::ForEachEvent gives them.
struct Source {
  std::uint32_t shards = 0;
  std::function<Status(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                       const EventVisitor& visit)>
      for_each;
};

class Replay : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "replay", "Print the log's events in order",
        "lumbung replay barn --from 2\n"
        "lumbung replay barn --format proto > barn.events\n"
        "lumbung replay barn --format hledger > barn.journal\n"
        "lumbung replay barn --follow\n"
        "lumbung replay --server 127.0.0.1:7070 --from 2 --follow\n",
        "json     a line an event, with its hash\n"
        "proto    length (two bytes, big-endian) and bytes of each event, as they are kept:\n"
        "         what `restore --export` takes and an independent verifier reads\n"
        "hledger  the postings of all shards as a journal; with all events, it asserts every\n"
        "         balance, so that `hledger check` compares its own sums with the ledger's\n"
        "--follow goes on until Ctrl-C. Without --server it owns the ledger, and as one process\n"
        "does at a time, what it shows is what the ledger itself records: holds that expire.\n"
        "A server gives its log to auditors, and to operators of all cooperatives.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
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
  Status Replaying(Output& output);
  Status ReadLogs(Output& output);
  Status Print(Output& output, const Source& source);
  Status PrintEvents(Output& output, const Source& source, std::uint32_t shard);
  Status PrintJournal(Output& output, const Source& source);
  Status AddToJournal(const Source& source, std::uint32_t shard, HledgerJournal& journal);

  LedgerArguments ledger_;
  ServerArguments server_;
  std::int64_t shard_ = -1;
  std::uint64_t from_ = 1;
  std::uint64_t through_ = kToTheEnd;
  std::string format_ = "json";
  bool follow_ = false;
};

Status Replay::PrintEvents(Output& output, const Source& source, std::uint32_t shard) {
  Hasher hasher;
  v1::Event event;
  std::string text;
  LUMBUNG_RETURN_IF_ERROR(source.for_each(
      shard, from_, through_, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
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
        // Who follows wants to see it now.
        return follow_             ? output.Flush()
               : output.writable() ? Status::Ok()
                                   : Status::IoError("standard output is closed");
      }));
  return output.Flush();
}

Status Replay::AddToJournal(const Source& source, std::uint32_t shard, HledgerJournal& journal) {
  State state(ledger_.account_memory_mib << 20);
  v1::Event event;
  LUMBUNG_RETURN_IF_ERROR(source.for_each(
      shard, 1, through_, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
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

Status Replay::PrintJournal(Output& output, const Source& source) {
  HledgerJournal journal(std::cout);
  if (shard_ < 0) {
    for (std::uint32_t shard = 0; shard < source.shards; ++shard) {
      LUMBUNG_RETURN_IF_ERROR(AddToJournal(source, shard, journal));
    }
  } else {
    const Result<std::uint32_t> shard = ChooseShard(shard_, source.shards);
    LUMBUNG_RETURN_IF_ERROR(shard.status());
    LUMBUNG_RETURN_IF_ERROR(AddToJournal(source, *shard, journal));
  }
  std::cout.flush();
  return std::cout ? output.Flush() : Status::IoError("standard output could not be written");
}

Status Replay::Print(Output& output, const Source& source) {
  if (format_ == "hledger") {
    return PrintJournal(output, source);
  }
  const Result<std::uint32_t> shard = ChooseShard(shard_, source.shards);
  return shard.ok() ? PrintEvents(output, source, *shard) : shard.status();
}

// Without the ledger's state, which takes a while to open.
Status Replay::ReadLogs(Output& output) {
  const Result<LedgerLogs> logs = LedgerLogs::Open(ledger_.dir);
  LUMBUNG_RETURN_IF_ERROR(logs.status());
  return Print(output, {.shards = logs->shards(),
                        .for_each = [&logs](std::uint32_t shard, std::uint64_t from,
                                            std::uint64_t through, const EventVisitor& visit) {
                          return logs->log(shard).ForEach(from, through, visit);
                        }});
}

Status Replay::Replaying(Output& output) {
  if (follow_ && format_ == "hledger") {
    return Status::InvalidArgument("--follow goes with json and proto");
  }
  LUMBUNG_RETURN_IF_ERROR(ChooseLedgerOrServer(ledger_, server_));
  if (!follow_ && !server_.given()) {
    return ReadLogs(output);
  }
  Result<std::unique_ptr<LedgerReader>> ledger = OpenReader(ledger_, server_);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  LedgerReader& reader = **ledger;
  const Result<v1::GetLedgerInfoResponse> info = reader.Info();
  LUMBUNG_RETURN_IF_ERROR(info.status());
  const Status status =
      Print(output, {.shards = ShardsOf(*info),
                     .for_each = [&](std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                                     const EventVisitor& visit) {
                       return follow_ ? reader.FollowEvents(shard, from, through, visit)
                                      : reader.ForEachEvent(shard, from, through, visit);
                     }});
  // Ctrl-C is how following ends.
  if (!status.ok() && !(follow_ && status.kind() == Status::Kind::kCancelled)) {
    return status;
  }
  return reader.Close();
}

ExitCode Replay::Run(Output& output) {
  const Status status = Replaying(output);
  return status.ok() ? ExitCode::kOk : output.Fail(status);
}

}  // namespace

std::unique_ptr<Command> MakeReplay() { return std::make_unique<Replay>(); }

}  // namespace lumbung
