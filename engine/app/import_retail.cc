// lumbung import retail: a shop's invoices, with the check that every penny is accounted for.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/program_ids.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/app/submitter.h"
#include "engine/domain/codes.h"
#include "engine/importers/retail.h"

namespace lumbung {
namespace {

// Before any invoice that a shop of this kind has.
constexpr Date kSince = 20000101;

class ImportRetail : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "import retail", "Post a shop's invoices from CSV files or archives of them",
        "lumbung import retail barn invoices.csv\n"
        "lumbung import retail barn invoices.csv --cooperative 7 --json\n",
        "Columns: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, "
        "CustomerID,\n"
        "Country. One transaction an invoice, rounded to pence; what rounding left over, and what\n"
        "is no transaction, is summed and listed, and the sums must give the files' exact total.\n"
        "The cooperative is registered if it is not there. The same again posts nothing twice.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("FILE", files_, "CSV files, or tar or zip archives of them");
    app.add_option("--cooperative", cooperative_, "Whose books")->capture_default_str();
    app.add_option("--chart", chart_, "Chart of a cooperative that is not there yet")
        ->capture_default_str();
    app.add_option("--list", listed_, "Invoices to list for each reason")->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  Status EnsureCooperative(CommandSink& sink) const;
  // Posts everything; what was refused goes into the report.
  RetailReport PostAll(RetailImport& import, CommandSink& sink);

  LedgerArguments ledger_;
  ServerArguments server_;
  std::vector<std::string> files_;
  std::uint64_t cooperative_ = 20417;
  std::string chart_ = "kdmp";
  std::size_t listed_ = 20;
  std::uint64_t replayed_ = 0;
  std::string stopped_;
};

Status ImportRetail::EnsureCooperative(CommandSink& sink) const {
  if (cooperative_ == 0 || cooperative_ > kMaxCooperative) {
    return Status::InvalidArgument("--cooperative wants a number from 1 to 999999999999");
  }
  v1::Command command;
  v1::Cooperative& cooperative = *command.mutable_register_cooperative();
  cooperative.set_cooperative(cooperative_);
  cooperative.set_chart(chart_);
  cooperative.set_effective_date(kSince);
  cooperative.set_status(v1::Cooperative::ACTIVE);
  command.set_command_id(IdOfContent(command));
  const Result<Answer> answer = ExecuteOne(sink, command);
  LUMBUNG_RETURN_IF_ERROR(answer.status());
  return answer->code == v1::OK || answer->code == v1::ALREADY_EXISTS
             ? Status::Ok()
             : Status::Refused(fmt::format("cooperative {} can't be registered: {}: {}",
                                           cooperative_, v1::Code_Name(answer->code),
                                           answer->detail));
}

RetailReport ImportRetail::PostAll(RetailImport& import, CommandSink& sink) {
  struct Refused {
    std::string invoice;
    std::int64_t pence;
    std::string reason;
  };
  std::vector<Refused> refused;
  Progress progress("import", "invoices");
  std::uint64_t answered = 0;
  Submitter submitter(sink, [&](std::uint64_t, const v1::Command& command, const Answer& answer) {
    progress.Update(++answered);
    if (answer.code == v1::OK) {
      replayed_ += answer.replayed ? 1 : 0;
      return;
    }
    const v1::Transaction& transaction = command.post();
    // The first entry is the receivable: a sale debits it, a refund credits it.
    const v1::Entry& entry = transaction.entries(0);
    refused.push_back({transaction.reference(), entry.has_debit() ? entry.debit() : -entry.credit(),
                       v1::Code_Name(answer.code) + ": " + answer.detail});
    if (answer.code >= v1::OVERLOADED) {
      stopped_ = refused.back().reason;
    }
  });
  RetailReport report =
      import.Finish([&](v1::Command command) { submitter.Add(std::move(command), answered); });
  submitter.Finish();
  for (Refused& one : refused) {
    report.AddRefusal(one.invoice, one.pence, std::move(one.reason));
  }
  return report;
}

ExitCode ImportRetail::Run(Output& output) {
  if (const Status status = ChooseLedgerOrServer(ledger_, server_, files_); !status.ok()) {
    return output.Fail(status);
  }
  if (files_.empty()) {
    return output.Fail(Status::InvalidArgument("which file?"));
  }
  RetailImport import({cooperative_, 0});
  for (const std::string& file : files_) {
    if (StopRequested()) {
      return output.Fail(Status::Cancelled("stopped before anything was posted"));
    }
    if (const Status status = import.AddPath(file); !status.ok()) {
      return output.Fail(status);
    }
  }
  Result<std::unique_ptr<CommandSink>> sink = OpenSink(ledger_, server_);
  if (!sink.ok()) {
    return output.Fail(sink.status());
  }
  if (const Status status = EnsureCooperative(**sink); !status.ok()) {
    return output.Fail(status);
  }
  const RetailReport report = PostAll(import, **sink);
  const Status closed = (*sink)->Close();

  Json document = Json::parse(report.ToJson());
  document["already_there"] = replayed_;
  document["reconciles"] = report.Reconciles();
  output.Document(document);
  if (!output.json()) {
    output.Raw(report.ToText(listed_));
    output.Line("{} of the transactions were there already", replayed_);
  }
  if (!closed.ok()) {
    return output.Fail(closed);
  }
  if (!stopped_.empty()) {
    return output.Fail(Status::IoError("the ledger takes no more: " + stopped_ +
                                       "; what was acknowledged stays. Run the same again."));
  }
  if (!report.Reconciles()) {
    return output.Fail(Status::Corruption("the sums do not give the files' total"));
  }
  return report.refused.empty() ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace

std::unique_ptr<Command> MakeImportRetail() { return std::make_unique<ImportRetail>(); }

}  // namespace lumbung
