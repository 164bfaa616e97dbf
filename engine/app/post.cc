// lumbung post: one command, as JSON.
#include "engine/app/answers.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/line_reader.h"
#include "engine/importers/ndjson.h"

namespace lumbung {
namespace {

class Post : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "post", "Post one transaction, or any other command, given as JSON",
        "lumbung post barn sale.json\n"
        "lumbung post barn - < sale.json\n",
        "The JSON is that of a Transaction, or of a Command: protobuf's mapping, 64-bit numbers\n"
        "as strings. A transaction needs an id; sent again with the same content, it is answered\n"
        "as before.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("FILE", file_, "The JSON; - is standard input")->capture_default_str();
  }

  ExitCode Run(Output& output) override {
    const Result<std::string> json = ReadAll(file_, kMaxJsonLineBytes);
    if (!json.ok()) {
      return output.Fail(json.status());
    }
    const Result<v1::Command> command = ParseCommandJson(*json);
    if (!command.ok()) {
      return output.Fail(command.status());
    }
    Result<std::unique_ptr<Ledger>> ledger = OpenLedger(ledger_);
    if (!ledger.ok()) {
      return output.Fail(ledger.status());
    }
    const Answer answer = (*ledger)->Execute(*command);
    const Status closed = (*ledger)->Close();
    const ExitCode code = PrintAnswer(output, *command, answer);
    return closed.ok() ? code : output.Fail(closed);
  }

 private:
  LedgerArguments ledger_;
  std::string file_ = "-";
};

}  // namespace

std::unique_ptr<Command> MakePost() { return std::make_unique<Post>(); }

}  // namespace lumbung
