// Settings of the server as flags of a subcommand: one for each of engine/serve's table.
#pragma once

#include <deque>
#include <string>

#include <CLI/CLI.hpp>

#include "engine/base/status.h"
#include "engine/serve/config.h"

namespace lumbung {

struct ConfigArguments {
  // Empty: none.
  std::string file;
  // What was given for each of Settings(), in its order.
  struct Given {
    const Setting* setting = nullptr;
    const CLI::Option* option = nullptr;
    std::string text;
  };
  std::deque<Given> given;
};

// A flag for each setting; `arguments` outlives `app`.
void AddSettingOptions(CLI::App& app, ConfigArguments& arguments);

// Defaults, over them the file, over it the flags. Not checked whether they go together: that is
// CheckConfig.
Result<ServeConfig> ReadConfig(const ConfigArguments& arguments);

}  // namespace lumbung
