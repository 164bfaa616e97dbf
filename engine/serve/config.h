// How the server is run: a TOML file, flags over it, and sane defaults below both.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "connectors/kafka/settings.h"
#include "engine/base/status.h"
#include "engine/commit/shard_options.h"
#include "engine/serve/gateway.h"
#include "engine/serve/log.h"
#include "engine/serve/tls.h"

namespace lumbung {

struct GrpcConfig {
  // Empty: none.
  std::string listen = "127.0.0.1:7070";
};

// Where the package puts it.
inline constexpr std::string_view kInstalledDashboard = "/usr/share/lumbung/dashboard";

struct HttpConfig {
  // Empty: none.
  std::string listen = "127.0.0.1:7071";
  std::uint64_t max_body_bytes = std::uint64_t{4} << 20;
  std::uint64_t max_header_bytes = std::uint64_t{16} << 10;
  std::uint64_t read_timeout_seconds = 10;
  std::uint64_t write_timeout_seconds = 10;
  std::uint64_t idle_timeout_seconds = 60;
  std::uint64_t max_connections = 1'024;
  std::uint64_t threads = 160;
  // Folder of the dashboard; empty: none is served, nor where it is the default and not there.
  std::string dashboard = std::string(kInstalledDashboard);
};

struct ProjectionsConfig {
  // With commas between them; empty: none.
  std::string names = "balances,performance,audit";
  // Folder; empty: in the ledger's.
  std::string state;
  std::uint64_t cache_bytes = std::uint64_t{64} << 20;
  std::uint64_t write_buffer_bytes = std::uint64_t{64} << 20;
  std::uint64_t wait_milliseconds = 5'000;
};

// The names in a text with commas, and perhaps blanks, between them.
std::vector<std::string> ListedNames(std::string_view text);

struct ServeConfig {
  // The ledger's folder; who serves has to see that one is named.
  std::string ledger;
  // Empty: the open policy.
  std::string policy;
  std::uint64_t drain_seconds = 30;
  GrpcConfig grpc;
  HttpConfig http;
  TlsPaths tls;
  LogOptions log;
  ProjectionsConfig projections;
  GatewayOptions limits;
  ShardOptions engine;
  // Without brokers nothing is published.
  KafkaSettings kafka;
};

// Where a setting's value is.
using SettingField = std::variant<std::string*, std::uint64_t*, LogFormat*, LogLevel*>;

// One row of the table that file, flags and example are made from.
struct Setting {
  enum class Kind : std::uint8_t {
    kText,
    kAddress,  // host:port, or empty
    kNumber,
    kBytes,  // a number, or "64 MiB"
    kChoice,
  };
  // "grpc.listen" is `listen` in [grpc].
  std::string_view key;
  Kind kind;
  // A line for --help and the example.
  std::string_view help;
  SettingField (*field)(ServeConfig& config);
  // Bounds of a number.
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// All there are, by section.
std::span<const Setting> Settings();
// "--grpc-listen"
std::string FlagOf(const Setting& setting);
// As it stands in a file, without quotes.
std::string ValueOf(const Setting& setting, const ServeConfig& config);
// InvalidArgument, "grpc.listen: wants ...", where `text` is no such value.
Status SetValue(const Setting& setting, std::string_view text, ServeConfig& config);

// The defaults and what the file says over them. InvalidArgument names file, line and key of the
// first fault. `name` as the reader knows the file.
Result<ServeConfig> ParseConfig(std::string_view toml, std::string_view name);
// Whether the settings go together; looks at no file. Outside loopback there must be TLS and a
// policy.
Status CheckConfig(const ServeConfig& config);
// A file that states every setting with its default, and says what it is for.
std::string ExampleConfig();

}  // namespace lumbung
