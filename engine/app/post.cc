// lumbung post: one command, as JSON.
#include "engine/app/answers.h"
#include "engine/app/command_sink.h"
#include "engine/app/commands.h"
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
        "lumbung post barn - < sale.json\n"
        "lumbung post --server 127.0.0.1:7070 sale.json\n",
        "The JSON is that of a Transaction, or of a Command: protobuf's mapping, 64-bit numbers\n"
        "as strings. A transaction needs an id; sent again with the same content, it is answered\n"
        "as before.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("FILE", file_, "The JSON; - is standard input")->capture_default_str();
  }

  ExitCode Run(Output& output) override {
    std::vector<std::string> words = {file_};
    if (const Status status = ChooseLedgerOrServer(ledger_, server_, words); !status.ok()) {
      return output.Fail(status);
    }
    file_ = words.front();
    const Result<std::string> json = ReadAll(file_, kMaxJsonLineBytes);
    if (!json.ok()) {
      return output.Fail(json.status());
    }
    const Result<v1::Command> command = ParseCommandJson(*json);
    if (!command.ok()) {
      return output.Fail(command.status());
    }
    Result<std::unique_ptr<CommandSink>> sink = OpenSink(ledger_, server_);
    if (!sink.ok()) {
      return output.Fail(sink.status());
    }
    const Result<Answer> answer = ExecuteOne(**sink, *command);
    const Status closed = (*sink)->Close();
    if (!answer.ok()) {
      return output.Fail(answer.status());
    }
    const ExitCode code = PrintAnswer(output, *command, *answer);
    return closed.ok() ? code : output.Fail(closed);
  }

 private:
  LedgerArguments ledger_;
  ServerArguments server_;
  std::string file_ = "-";
};

}  // namespace

std::unique_ptr<Command> MakePost() { return std::make_unique<Post>(); }

}  // namespace lumbung
