// What the server says to its operator: lines on standard error, text or JSON. Never secrets, never
// what requests carry: long values are cut, and fields whose names tell of a secret are left blank.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace lumbung {

enum class LogFormat : std::uint8_t { kText, kJson };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// "text", "json".
std::string_view LogFormatName(LogFormat format);
std::optional<LogFormat> ParseLogFormat(std::string_view name);
// "debug", "info", "warning", "error".
std::string_view LogLevelName(LogLevel level);
std::optional<LogLevel> ParseLogLevel(std::string_view name);

struct LogOptions {
  LogFormat format = LogFormat::kText;
  // What is below is left out.
  LogLevel level = LogLevel::kInfo;
};

// A field's value, converted from what is at hand. Text is not copied.
class LogValue {
 public:
  using Variant = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  // NOLINTBEGIN(google-explicit-constructor)
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const std::string& text) : value_(std::string_view(text)) {}
  LogValue(const char* text) : value_(std::string_view(text)) {}
  LogValue(double number) : value_(number) {}
  LogValue(bool yes) : value_(yes) {}
  template <std::signed_integral T>
  LogValue(T number) : value_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogValue(T number) : value_(static_cast<std::uint64_t>(number)) {}
  // NOLINTEND(google-explicit-constructor)

  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  std::string_view name;
  LogValue value;
};

// From here on as `options` say. Before it: the defaults. REQUIRES: no other thread logs yet
void StartLog(const LogOptions& options);

// One line, written whole. Thread-safe.
//   Log(LogLevel::kWarning, "denied", {{"principal", id}, {"reason", why}});
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// The line, without its end. `time` in microseconds since 1970 UTC. As JSON it is one object:
// time, level, message, and then the fields; one named like these three is left out.
std::string LogLine(LogFormat format, std::int64_t time, LogLevel level, std::string_view message,
                    std::span<const LogField> fields);

}  // namespace lumbung
