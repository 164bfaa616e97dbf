// One owner a directory: the process that writes a ledger holds its lock.
#pragma once

#include <string>

#include "engine/base/status.h"
#include "engine/store/posix.h"

namespace lumbung {

// Held until destroyed, and no longer than the process lives, however it ends. The file LOCK stays:
// it is the lock on it that counts.
class DirectoryLock {
 public:
  // Locks <dir>/LOCK. Busy, naming the owner's process id, if another process or another
  // DirectoryLock of this one holds it.
  static Result<DirectoryLock> Acquire(const std::string& dir);

 private:
  explicit DirectoryLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace lumbung
