#include "engine/app/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace lumbung {

void Output::WriteLine(std::string_view line) {
  Raw(line);
  Raw("\n");
}

void Output::Document(const Json& document) {
  if (json_) {
    // What is no UTF-8 (only a damaged file's name could be) is replaced.
    WriteLine(document.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

void Output::Raw(std::string_view bytes) {
  if (!failed_ && std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
    failed_ = true;
  }
}

void Output::WriteError(std::string_view line) {
  // Nothing is left to be done where standard error is gone.
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
  (void)std::fputc('\n', stderr);
}

ExitCode Output::Fail(const Status& status) {
  WriteError("lumbung: " + status.message());
  return ExitCodeOf(status);
}

Status Output::Flush() {
  errno = 0;
  if (std::fflush(stdout) != 0 || failed_) {
    failed_ = true;
    return Status::IoError(std::string("standard output could not be written") +
                           (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
  }
  return Status::Ok();
}

}  // namespace lumbung
