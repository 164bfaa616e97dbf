// A subcommand of the program: one file each, named in commands.h and put together in main.cc.
#pragma once

#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>

#include "engine/app/exit_codes.h"
#include "engine/app/output.h"

namespace lumbung {

class Command {
 public:
  struct About {
    // "init", or "import transactions" for one within a group.
    std::string_view name;
    std::string_view summary;
    // Commands that a reader can try, a line each.
    std::string_view examples;
    // Anything else that --help should say; may be empty.
    std::string_view notes = {};
  };

  virtual ~Command() = default;
  virtual const About& about() const = 0;
  // Called once; the command outlives `app`.
  virtual void AddOptions(CLI::App& app) = 0;
  // Called at most once, after the options were read.
  virtual ExitCode Run(Output& output) = 0;
};

}  // namespace lumbung
