#include "engine/serve/log.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "engine/base/check.h"
#include "engine/base/clock.h"

namespace lumbung {
namespace {

using Json = nlohmann::ordered_json;

// A request's body would be longer.
constexpr std::size_t kMostValue = 512;
constexpr std::string_view kBlank = "[not shown]";

bool IsSecret(std::string_view name) {
  constexpr std::array<std::string_view, 7> kWords{"token",  "secret", "password", "authorization",
                                                   "bearer", "cookie", "private"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [name](std::string_view word) { return name.find(word) != name.npos; });
}

std::string Cut(std::string_view text) {
  return text.size() <= kMostValue ? std::string(text)
                                   : std::string(text.substr(0, kMostValue)) + "...";
}

Json ValueOf(const LogField& field) {
  if (IsSecret(field.name)) {
    return kBlank;
  }
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>) {
          return Cut(value);
        } else {
          return value;
        }
      },
      field.value.get());
}

std::string AsJson(const Json& value) {
  // What is no UTF-8 is replaced.
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Plain where nothing could be misread.
std::string AsText(const Json& value) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '"' && c != '=' && c != '\\';
  };
  std::string quoted = AsJson(value);
  if (!value.is_string()) {
    return quoted;
  }
  const auto& text = value.get_ref<const std::string&>();
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
  return plain ? quoted.substr(1, quoted.size() - 2) : quoted;
}

// RFC 3339.
std::string FormatTime(std::int64_t micros) {
  constexpr std::int64_t kMicrosASecond = 1'000'000;
  const auto seconds = static_cast<std::time_t>(micros / kMicrosASecond);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     micros % kMicrosASecond);
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

struct Logger {
  Logger() : spdlog("lumbung", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    spdlog.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    Set({});
  }
  void Set(const LogOptions& options) {
    format = options.format;
    spdlog.set_level(SpdlogLevel(options.level));
  }

  LogFormat format = LogFormat::kText;
  spdlog::logger spdlog;
};

Logger& TheLogger() {
  static auto* logger = new Logger;  // never gone: threads may log until the process ends
  return *logger;
}

}  // namespace

std::string_view LogFormatName(LogFormat format) {
  return format == LogFormat::kJson ? "json" : "text";
}

std::optional<LogFormat> ParseLogFormat(std::string_view name) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    if (name == LogFormatName(format)) {
      return format;
    }
  }
  return std::nullopt;
}

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

std::optional<LogLevel> ParseLogLevel(std::string_view name) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (name == LogLevelName(level)) {
      return level;
    }
  }
  return std::nullopt;
}

void StartLog(const LogOptions& options) { TheLogger().Set(options); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Logger& logger = TheLogger();
  const spdlog::level::level_enum spdlog_level = SpdlogLevel(level);
  if (logger.spdlog.should_log(spdlog_level)) {
    logger.spdlog.log(spdlog_level, spdlog::string_view_t(
                                        LogLine(logger.format, Clock::System().WallMicros(), level,
                                                message, {fields.begin(), fields.size()})));
  }
}

std::string LogLine(LogFormat format, std::int64_t time, LogLevel level, std::string_view message,
                    std::span<const LogField> fields) {
  Json line{{"time", FormatTime(time)}, {"level", LogLevelName(level)}, {"message", Cut(message)}};
  if (format == LogFormat::kText) {
    std::string text = fmt::format("{} {:7} ", FormatTime(time), LogLevelName(level));
    const std::string said = AsJson(line["message"]);
    text += said.substr(1, said.size() - 2);
    for (const LogField& field : fields) {
      text += fmt::format(" {}={}", field.name, AsText(ValueOf(field)));
    }
    return text;
  }
  for (const LogField& field : fields) {
    if (const std::string name(field.name); !line.contains(name)) {
      line[name] = ValueOf(field);
    }
  }
  return AsJson(line);
}

}  // namespace lumbung
