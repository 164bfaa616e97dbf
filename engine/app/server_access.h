// How subcommands come by a server: options in common.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "engine/client/channel.h"

namespace lumbung {

struct ServerArguments {
  ServerAddress address;

  bool given() const { return !address.target.empty(); }
};

// --server, or by another name, and what it needs for TLS and a token. The token is taken from
// LUMBUNG_TOKEN, so that it stands in no list of processes.
void AddServerOptions(CLI::App& app, ServerArguments& arguments, const char* name = "--server");

}  // namespace lumbung
