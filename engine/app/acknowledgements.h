// A file that names every command whose answer came: who compares it with the ledger after a crash
// sees that nothing acknowledged was lost.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/status.h"
#include "engine/commit/shard.h"
#include "engine/store/posix.h"

namespace lumbung {

// One thread at a time.
class Acknowledgements {
 public:
  // Nothing is written where `path` is empty. A file that is there is continued.
  static Result<Acknowledgements> Open(const std::string& path);

  // Adds a line "<cooperative> <id> <code> <sequence>".
  Status Add(const v1::Command& command, const Answer& answer);
  // Hands what was added to the system, where it outlives this process.
  Status Flush();

 private:
  explicit Acknowledgements(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  std::string pending_;
};

}  // namespace lumbung
