// The program `lumbung`: puts the subcommands together and runs the one that was asked for.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/app/commands.h"
#include "engine/app/output.h"
#include "engine/app/signals.h"

namespace lumbung {
namespace {

std::vector<std::unique_ptr<Command>> AllCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeInit());
  commands.push_back(MakeRegister());
  commands.push_back(MakePost());
  commands.push_back(MakeImportTransactions());
  commands.push_back(MakeImportRetail());
  commands.push_back(MakeSimulate());
  commands.push_back(MakeShow());
  commands.push_back(MakeAccounts());
  commands.push_back(MakeBalance());
  commands.push_back(MakeStatement());
  commands.push_back(MakeReplay());
  commands.push_back(MakeCheckpoint());
  commands.push_back(MakeVerify());
  commands.push_back(MakeStats());
  commands.push_back(MakeBackup());
  commands.push_back(MakeRestore());
  commands.push_back(MakeRecover());
  commands.push_back(MakePublish());
  commands.push_back(MakeProject());
  commands.push_back(MakeServe());
  commands.push_back(MakeConfigCheck());
  commands.push_back(MakeConfigExample());
  commands.push_back(MakePolicyCheck());
  commands.push_back(MakePolicyToken());
  commands.push_back(MakeBench());
  commands.push_back(MakeVersion());
  return commands;
}

std::string FooterOf(const Command::About& about) {
  std::string footer = "\n";
  if (!about.notes.empty()) {
    footer += std::string(about.notes) + "\n";
  }
  footer += "Examples:\n";
  std::string_view rest = about.examples;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    footer += "  " + std::string(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return footer + "\n" + kExitCodesHelp;
}

// What --help says of the commands that share their first word.
std::string SummaryOfGroup(std::string_view name) {
  return name == "import"   ? "Bring in data from outside"
         : name == "config" ? "The server's settings"
                            : "Who may do what on the server";
}

// The app or group that a command's name is added to; the last word is left in `name`.
CLI::App& GroupOf(CLI::App& program, std::string& name) {
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) {
    return program;
  }
  const std::string group_name = name.substr(0, space);
  name.erase(0, space + 1);
  const std::vector<CLI::App*> found =
      program.get_subcommands([&](const CLI::App* app) { return app->get_name() == group_name; });
  CLI::App* group = found.empty() ? nullptr : found.front();
  if (group == nullptr) {
    group = program.add_subcommand(group_name, SummaryOfGroup(group_name));
    group->require_subcommand(1);
  }
  return *group;
}

// Makes the subcommand; `chosen` is set when it is the one that was asked for.
void AddCommand(CLI::App& program, Command& command, Command*& chosen, bool& json) {
  std::string name(command.about().name);
  CLI::App& group = GroupOf(program, name);
  CLI::App* app = group.add_subcommand(name, std::string(command.about().summary));
  command.AddOptions(*app);
  app->add_flag("--json", json, "Print the result as JSON");
  app->footer(FooterOf(command.about()));
  app->callback([&chosen, &command] { chosen = &command; });
}

int Main(int argc, char** argv) {
  CatchSignals();
  CLI::App program("Lumbung: a ledger for village cooperatives, kept as a chain of events.");
  program.require_subcommand(1);
  program.footer(std::string("\n`lumbung SUBCOMMAND --help` has the options and examples.\n\n") +
                 kExitCodesHelp);
  bool json = false;
  Command* chosen = nullptr;
  const std::vector<std::unique_ptr<Command>> commands = AllCommands();
  for (const std::unique_ptr<Command>& command : commands) {
    AddCommand(program, *command, chosen, json);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  Output output(json);
  const ExitCode code = chosen->Run(output);
  const Status flushed = output.Flush();
  return static_cast<int>(flushed.ok() ? code : output.Fail(flushed));
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) { return lumbung::Main(argc, argv); }
