// The table of settings, and their values as text.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>

#include <fmt/format.h>

#include "engine/serve/config.h"
#include "engine/serve/listen_address.h"

namespace lumbung {
namespace {

static_assert(std::is_same_v<std::size_t, std::uint64_t>);

constexpr std::uint64_t kKibi = 1'024;
constexpr std::uint64_t kMebi = kKibi * kKibi;
constexpr std::uint64_t kGibi = kMebi * kKibi;
constexpr std::uint64_t kTebi = kGibi * kKibi;
constexpr std::uint64_t kHour = 3'600;
constexpr std::uint64_t kMany = 100'000'000;

using Kind = Setting::Kind;
using Config = ServeConfig;
using Field = SettingField;

constexpr std::array kSettings{
    Setting{"ledger", Kind::kText, "Folder of the ledger",
            [](Config& c) -> Field { return &c.ledger; }},
    Setting{"policy", Kind::kText, "File that says who may do what (docs/POLICY.md)",
            [](Config& c) -> Field { return &c.policy; }},
    Setting{"drain_seconds", Kind::kNumber, "Seconds that accepted calls may take after SIGTERM",
            [](Config& c) -> Field { return &c.drain_seconds; }, 1, kHour},

    Setting{"grpc.listen", Kind::kAddress, "Host and port for gRPC; empty for none",
            [](Config& c) -> Field { return &c.grpc.listen; }},

    Setting{"http.listen", Kind::kAddress, "Host and port for HTTP; empty for none",
            [](Config& c) -> Field { return &c.http.listen; }},
    Setting{"http.max_body_bytes", Kind::kBytes, "Longest body of a request",
            [](Config& c) -> Field { return &c.http.max_body_bytes; }, kKibi, kGibi},
    Setting{"http.max_header_bytes", Kind::kBytes, "Longest headers of a request",
            [](Config& c) -> Field { return &c.http.max_header_bytes; }, kKibi, kMebi},
    Setting{"http.read_timeout_seconds", Kind::kNumber, "Seconds for a request to arrive whole",
            [](Config& c) -> Field { return &c.http.read_timeout_seconds; }, 1, kHour},
    Setting{"http.write_timeout_seconds", Kind::kNumber, "Seconds for a client to take a response",
            [](Config& c) -> Field { return &c.http.write_timeout_seconds; }, 1, kHour},
    Setting{"http.idle_timeout_seconds", Kind::kNumber, "Seconds for a connection's next request",
            [](Config& c) -> Field { return &c.http.idle_timeout_seconds; }, 1, kHour},
    Setting{"http.max_connections", Kind::kNumber, "Connections at once",
            [](Config& c) -> Field { return &c.http.max_connections; }, 1, 100'000},
    Setting{"http.threads", Kind::kNumber, "Requests answered at once, streams among them",
            [](Config& c) -> Field { return &c.http.threads; }, 1, 10'000},
    Setting{"http.dashboard", Kind::kText, "Folder of the pages below /dashboard/; empty: none",
            [](Config& c) -> Field { return &c.http.dashboard; }},

    Setting{"tls.certificate", Kind::kText, "PEM: the server's, then those between it and its CA",
            [](Config& c) -> Field { return &c.tls.certificate; }},
    Setting{"tls.key", Kind::kText, "PEM: the certificate's private key, without a password",
            [](Config& c) -> Field { return &c.tls.key; }},
    Setting{"tls.client_ca", Kind::kText, "PEM: CAs whose clients' certificates are trusted",
            [](Config& c) -> Field { return &c.tls.client_ca; }},

    Setting{"log.format", Kind::kChoice, "text or json",
            [](Config& c) -> Field { return &c.log.format; }},
    Setting{"log.level", Kind::kChoice, "debug, info, warning or error",
            [](Config& c) -> Field { return &c.log.level; }},

    Setting{"projections.names", Kind::kText,
            "Which are kept up to date, commas between; empty: none",
            [](Config& c) -> Field { return &c.projections.names; }},
    Setting{"projections.state", Kind::kText, "Their folder; empty: projections in the ledger's",
            [](Config& c) -> Field { return &c.projections.state; }},
    Setting{"projections.cache", Kind::kBytes, "Memory for rows that were read, of each",
            [](Config& c) -> Field { return &c.projections.cache_bytes; }, kMebi, kTebi},
    Setting{"projections.write_buffer", Kind::kBytes, "Memory for rows not yet flushed, of each",
            [](Config& c) -> Field { return &c.projections.write_buffer_bytes; }, kMebi,
            16 * kGibi},
    Setting{"projections.wait_milliseconds", Kind::kNumber,
            "How long a read waits for the event that it asks for",
            [](Config& c) -> Field { return &c.projections.wait_milliseconds; }, 1, 60'000},

    Setting{"limits.max_commands", Kind::kNumber,
            "Commands that wait or are decided; more are refused",
            [](Config& c) -> Field { return &c.limits.admission.max_commands; }, 1, kMany},
    Setting{"limits.max_commands_a_principal", Kind::kNumber,
            "Commands of one principal that wait or are decided",
            [](Config& c) -> Field { return &c.limits.admission.max_commands_a_principal; }, 1,
            kMany},
    Setting{"limits.max_bytes", Kind::kBytes, "Bytes of the commands that wait or are decided",
            [](Config& c) -> Field { return &c.limits.admission.max_bytes; }, kMebi, kTebi},
    Setting{"limits.max_commands_a_call", Kind::kNumber, "Commands in one request",
            [](Config& c) -> Field { return &c.limits.max_commands_a_call; }, 1, 8'192},
    Setting{"limits.window", Kind::kNumber, "Commands that the shards have at once",
            [](Config& c) -> Field { return &c.limits.admission.window; }, 1, kMany},

    Setting{"engine.account_memory", Kind::kBytes, "Memory for accounts of a shard, 80 bytes each",
            [](Config& c) -> Field { return &c.engine.account_memory_bytes; }, kMebi, kTebi},
    Setting{"engine.max_block_events", Kind::kNumber,
            "Events that one fsync makes durable, at most",
            [](Config& c) -> Field { return &c.engine.max_block_events; }, 1, 65'536},
    Setting{"engine.max_block_bytes", Kind::kBytes, "Bytes that one fsync makes durable, at most",
            [](Config& c) -> Field { return &c.engine.max_block_bytes; }, 64 * kKibi, kGibi},
    Setting{"engine.max_queued_commands", Kind::kNumber,
            "Commands that wait in a shard; more are refused",
            [](Config& c) -> Field { return &c.engine.max_queued_commands; }, 1, kMany},
    Setting{"engine.write_buffer", Kind::kBytes, "Memory for what a shard's log has not flushed",
            [](Config& c) -> Field { return &c.engine.log.write_buffer_bytes; }, kMebi, 16 * kGibi},
    Setting{"engine.id_cache", Kind::kBytes, "Memory for the index of a shard's ids, 10 bits each",
            [](Config& c) -> Field { return &c.engine.derived.cache_bytes; }, kMebi, kTebi},

    Setting{"kafka.brokers", Kind::kText,
            "Brokers to publish to: host:port with commas; empty: none",
            [](Config& c) -> Field { return &c.kafka.brokers; }},
    Setting{"kafka.topic", Kind::kText, "The ledger's topic, a partition a shard",
            [](Config& c) -> Field { return &c.kafka.topic; }},
    Setting{"kafka.replication", Kind::kNumber,
            "Copies of each partition of a new topic; 0: as brokers say",
            [](Config& c) -> Field { return &c.kafka.replication; }, 0, 100},
    Setting{"kafka.ca", Kind::kText, "PEM: CA of the brokers' certificates; with it TLS",
            [](Config& c) -> Field { return &c.kafka.ca_file; }},
    Setting{"kafka.certificate", Kind::kText, "PEM: certificate to show to the brokers",
            [](Config& c) -> Field { return &c.kafka.certificate_file; }},
    Setting{"kafka.key", Kind::kText, "PEM: that certificate's private key, without a password",
            [](Config& c) -> Field { return &c.kafka.key_file; }},
    Setting{"kafka.user", Kind::kText, "Who we are to the brokers, by SASL, over TLS only",
            [](Config& c) -> Field { return &c.kafka.user; }},
    Setting{"kafka.password_file", Kind::kText, "Its first line is the user's password",
            [](Config& c) -> Field { return &c.kafka.password_file; }},
    Setting{"kafka.mechanism", Kind::kText, "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN",
            [](Config& c) -> Field { return &c.kafka.mechanism; }},
};

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array kUnits{Unit{"GiB", kGibi}, Unit{"MiB", kMebi}, Unit{"KiB", kKibi}};

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::optional<std::uint64_t> ParseBytes(std::string_view text) {
  std::uint64_t factor = 1;
  for (const Unit& unit : kUnits) {
    if (text.ends_with(unit.name)) {
      factor = unit.bytes;
      text.remove_suffix(unit.name.size());
      text.remove_suffix(text.ends_with(' ') ? 1 : 0);
      break;
    }
  }
  const std::optional<std::uint64_t> number = ParseNumber(text);
  return number && *number <= std::numeric_limits<std::uint64_t>::max() / factor
             ? std::optional(*number * factor)
             : std::nullopt;
}

std::string FormatBytes(std::uint64_t bytes) {
  for (const Unit& unit : kUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return fmt::format("{} {}", bytes / unit.bytes, unit.name);
    }
  }
  return fmt::format("{}", bytes);
}

Status Wants(const Setting& setting, std::string_view what) {
  return Status::InvalidArgument(fmt::format("{}: wants {}", setting.key, what));
}

Status SetText(const Setting& setting, std::string_view text, std::string& value) {
  if (setting.kind == Kind::kAddress && !text.empty() && !ParseListenAddress(text)) {
    return Wants(setting, "a host and a port, such as 127.0.0.1:7070 or [::1]:7070");
  }
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    return Wants(setting, "text without control characters");
  }
  value = text;
  return Status::Ok();
}

Status SetNumber(const Setting& setting, std::string_view text, std::uint64_t& value) {
  const bool bytes = setting.kind == Kind::kBytes;
  const std::optional<std::uint64_t> number = bytes ? ParseBytes(text) : ParseNumber(text);
  if (number && *number >= setting.least && *number <= setting.most) {
    value = *number;
    return Status::Ok();
  }
  return bytes ? Wants(setting, fmt::format("bytes, such as \"64 MiB\", from {} to {}",
                                            FormatBytes(setting.least), FormatBytes(setting.most)))
               : Wants(setting,
                       fmt::format("a whole number from {} to {}", setting.least, setting.most));
}

template <typename T>
Status SetChoice(const Setting& setting, std::optional<T> parsed, T& value) {
  if (!parsed) {
    return Wants(setting, setting.help);
  }
  value = *parsed;
  return Status::Ok();
}

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

std::string FlagOf(const Setting& setting) {
  std::string flag = "--" + std::string(setting.key);
  std::replace_if(
      flag.begin(), flag.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return flag;
}

std::string ValueOf(const Setting& setting, const ServeConfig& config) {
  // Of a copy: a field is one that can be set.
  ServeConfig copy = config;
  const SettingField field = setting.field(copy);
  if (const auto* text = std::get_if<std::string*>(&field)) {
    return **text;
  }
  if (const auto* number = std::get_if<std::uint64_t*>(&field)) {
    return setting.kind == Kind::kBytes ? FormatBytes(**number) : fmt::format("{}", **number);
  }
  if (const auto* format = std::get_if<LogFormat*>(&field)) {
    return std::string(LogFormatName(**format));
  }
  return std::string(LogLevelName(*std::get<LogLevel*>(field)));
}

Status SetValue(const Setting& setting, std::string_view text, ServeConfig& config) {
  const SettingField field = setting.field(config);
  if (const auto* value = std::get_if<std::string*>(&field)) {
    return SetText(setting, text, **value);
  }
  if (const auto* value = std::get_if<std::uint64_t*>(&field)) {
    return SetNumber(setting, text, **value);
  }
  if (const auto* value = std::get_if<LogFormat*>(&field)) {
    return SetChoice(setting, ParseLogFormat(text), **value);
  }
  return SetChoice(setting, ParseLogLevel(text), *std::get<LogLevel*>(field));
}

}  // namespace lumbung
