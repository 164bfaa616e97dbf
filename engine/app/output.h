// What the program says: results to standard output, as text or as JSON, everything else to
// standard error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/app/exit_codes.h"
#include "engine/base/status.h"

namespace lumbung {

// Keeps fields in the order in which they are written.
using Json = nlohmann::ordered_json;

// One thread at a time.
class Output {
 public:
  explicit Output(bool json) : json_(json) {}

  // Whether --json was given: then results are JSON alone.
  bool json() const { return json_; }

  // A line of the result, as text. Nothing where JSON is wanted.
  template <typename... Arguments>
  void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (!json_) {
      WriteLine(fmt::format(format, std::forward<Arguments>(arguments)...));
    }
  }
  // The result, as one JSON document on one line. Nothing where text is wanted.
  void Document(const Json& document);
  // Bytes as they are, whatever was asked for.
  void Raw(std::string_view bytes);

  // A remark to the person in front of the terminal.
  template <typename... Arguments>
  void Note(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    WriteError(fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  // Says what went wrong, and gives the exit code for it.
  ExitCode Fail(const Status& status);

  // Whether everything so far could be written.
  bool writable() const { return !failed_; }
  // Everything is written out; IoError where it could not be.
  Status Flush();

 private:
  void WriteLine(std::string_view line);
  void WriteError(std::string_view line);

  const bool json_;
  bool failed_ = false;
};

}  // namespace lumbung
