// lumbung import transactions: NDJSON, a command a line. Safe to run again after a kill at any
// point: what is there already is answered as before and not posted twice.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/app/acknowledgements.h"
#include "engine/app/commands.h"
#include "engine/app/import_report.h"
#include "engine/app/ledger_access.h"
#include "engine/app/line_reader.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/app/submitter.h"
#include "engine/importers/ndjson.h"

namespace lumbung {
namespace {

constexpr int kLineBits = 40;

std::uint64_t Pack(Place place) { return (std::uint64_t{place.file} << kLineBits) | place.line; }
Place Unpack(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed >> kLineBits),
          packed & ((std::uint64_t{1} << kLineBits) - 1)};
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

class ImportTransactions : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "import transactions", "Post commands from NDJSON files",
        "lumbung import transactions barn day.ndjson\n"
        "lumbung simulate --cooperatives 3 | lumbung import transactions barn -\n"
        "lumbung import transactions barn day.ndjson --json\n"
        "lumbung import transactions --server 127.0.0.1:7070 day.ndjson\n",
        "A line is the protobuf JSON of a Command, or of a Transaction alone. Lines that are\n"
        "refused are named, the others are posted; a line whose id is there already with the\n"
        "same content is not posted twice. So after a kill, or Ctrl-C, run the same again.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("FILE", files_, "NDJSON files; - is standard input");
    app.add_option("--acknowledged", acknowledged_,
                   "Append a line to this file for every command whose outcome is durable:\n"
                   "cooperative, id, code, sequence");
    app.add_option("--refusals", refusals_, "Refused lines to show for each code")
        ->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  Status ImportFile(std::uint32_t number, Submitter& submitter, ImportReport& report,
                    Progress& progress);

  LedgerArguments ledger_;
  ServerArguments server_;
  std::vector<std::string> files_;
  std::string acknowledged_;
  std::size_t refusals_ = 10;
};

Status ImportTransactions::ImportFile(std::uint32_t number, Submitter& submitter,
                                      ImportReport& report, Progress& progress) {
  Result<LineReader> lines = LineReader::Open(files_[number], kMaxJsonLineBytes);
  if (!lines.ok()) {
    return lines.status();
  }
  std::string_view line;
  while (report.stopped().empty() && lines->Next(line)) {
    if (IsBlank(line)) {
      continue;
    }
    const Place place{number, lines->number()};
    if (lines->is_cut()) {
      report.AddUnreadable(place, fmt::format("longer than {} bytes", kMaxJsonLineBytes));
      continue;
    }
    Result<v1::Command> command = ParseCommandJson(line);
    if (!command.ok()) {
      report.AddUnreadable(place, command.status().message());
      continue;
    }
    submitter.Add(std::move(*command), Pack(place));
    progress.Update(report.total(), lines->size() == 0
                                        ? std::nullopt
                                        : std::optional(static_cast<double>(lines->position()) /
                                                        static_cast<double>(lines->size())));
  }
  return lines->status();
}

ExitCode ImportTransactions::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, files_); !status.ok()) {
    return output.Fail(status);
  }
  if (files_.empty()) {
    return output.Fail(Status::InvalidArgument("which file? - is standard input"));
  }
  Result<Acknowledgements> acknowledgements = Acknowledgements::Open(acknowledged_);
  if (!acknowledgements.ok()) {
    return output.Fail(acknowledgements.status());
  }
  Result<std::unique_ptr<CommandSink>> sink = OpenSink(ledger_, server_);
  if (!sink.ok()) {
    return output.Fail(sink.status());
  }
  ImportReport report(files_);
  Status acknowledged;
  Status status;
  double seconds = 0;
  {
    Progress progress("import", "commands");
    Submitter submitter(**sink,
                        [&](std::uint64_t place, const v1::Command& command, const Answer& answer) {
                          report.Add(Unpack(place), answer);
                          if (acknowledged.ok()) {
                            acknowledged = acknowledgements->Add(command, answer);
                          }
                        });
    for (std::uint32_t i = 0; i < files_.size() && status.ok() && !StopRequested(); ++i) {
      status = ImportFile(i, submitter, report, progress);
    }
    submitter.Finish();
    seconds = progress.Seconds();
  }
  if (acknowledged.ok()) {
    acknowledged = acknowledgements->Flush();
  }
  const Status closed = (*sink)->Close();

  report.Print(output, refusals_);
  output.Document(report.ToJson());
  if (!status.ok() || !acknowledged.ok() || !closed.ok()) {
    return output.Fail(!status.ok() ? status : !acknowledged.ok() ? acknowledged : closed);
  }
  if (!report.stopped().empty()) {
    return output.Fail(Status::IoError("the ledger takes no more: " + report.stopped() +
                                       " What was acknowledged stays; then run the same again."));
  }
  if (StopRequested()) {
    return output.Fail(
        Status::Cancelled("stopped; what was acknowledged stays. To go on, run the same again."));
  }
  output.Line("{:.1f} s, {} commands/s", seconds,
              static_cast<std::uint64_t>(static_cast<double>(report.total()) / seconds));
  return report.refused() == 0 ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace

std::unique_ptr<Command> MakeImportTransactions() { return std::make_unique<ImportTransactions>(); }

}  // namespace lumbung
