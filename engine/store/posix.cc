#include "engine/store/posix.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace lumbung {
namespace {

Status WriteAll(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return PosixError(path, errno);
    }
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return Status::Ok();
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Status PosixError(const std::string& what, int error_number) {
  const std::string message = what + ": " + std::generic_category().message(error_number);
  return error_number == ENOENT ? Status::NotFound(message) : Status::IoError(message);
}

Status SyncDirectory(const std::string& dir) {
  const FileDescriptor file(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) {
    return PosixError(dir, errno);
  }
  return Status::Ok();
}

Status SyncDirectoryOf(const std::string& path) {
  const std::string dir = std::filesystem::path(path).parent_path();
  return SyncDirectory(dir.empty() ? "." : dir);
}

Status RenameSynced(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) {
    return PosixError(from + " to " + to, errno);
  }
  LUMBUNG_RETURN_IF_ERROR(SyncDirectoryOf(to));
  return SyncDirectoryOf(from);
}

Status WriteFileSynced(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  {
    const FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) {
      return PosixError(temporary, errno);
    }
    LUMBUNG_RETURN_IF_ERROR(WriteAll(file.get(), temporary, bytes));
    if (::fsync(file.get()) != 0) {
      return PosixError(temporary, errno);
    }
  }
  return RenameSynced(temporary, path);
}

Result<std::string> ReadFile(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return PosixError(path, errno);
  }
  std::string bytes;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR) {
      return PosixError(path, errno);
    }
    if (size == 0) {
      return bytes;
    }
    if (size > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
}

}  // namespace lumbung
