#include "engine/store/lock.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <sys/file.h>

namespace lumbung {
namespace {

// What the owner wrote into the file, if it is a number: it may be writing it just now.
std::string Owner(const std::string& path) {
  const Result<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return "another process";
  }
  const std::string pid = text->substr(0, text->find('\n'));
  const bool is_number = !pid.empty() && std::all_of(pid.begin(), pid.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
  return is_number ? "process " + pid : "another process";
}

}  // namespace

Result<DirectoryLock> DirectoryLock::Acquire(const std::string& dir) {
  const std::string path = dir + "/LOCK";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return PosixError(path, errno);
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Status::Busy(dir + " is in use by " + Owner(path))
                                : PosixError(path, errno);
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return PosixError(path, errno);
  }
  return DirectoryLock(std::move(file));
}

}  // namespace lumbung
