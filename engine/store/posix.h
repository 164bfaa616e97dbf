// What the store needs of POSIX files beside RocksDB.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "engine/base/status.h"

namespace lumbung {

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// "<what>: <the system's words>"; NotFound for a file that is not there, else IoError.
Status PosixError(const std::string& what, int error_number);

// Makes the names in a directory durable.
Status SyncDirectory(const std::string& dir);
// The directory that holds `path`.
Status SyncDirectoryOf(const std::string& path);

// Renames, and makes that durable. Both in the same directory, or in two that are synced both.
Status RenameSynced(const std::string& from, const std::string& to);
// Writes a file that is whole or not there, durably, in the place of one that may be there.
Status WriteFileSynced(const std::string& path, std::string_view bytes);
// NotFound if there is none.
Result<std::string> ReadFile(const std::string& path);

}  // namespace lumbung
