#include "engine/app/acknowledgements.h"

#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>

#include "engine/domain/ids.h"

namespace lumbung {
namespace {

constexpr std::size_t kPendingBytes = 16 * 1024;
constexpr off_t kLongestLine = 4 * 1024;

// Cuts off a last line that a killed program left unfinished: what follows would run into it.
Status CutTornLine(int file, const std::string& path) {
  const off_t size = lseek(file, 0, SEEK_END);
  const off_t start = size > kLongestLine ? size - kLongestLine : 0;
  std::string tail(static_cast<std::size_t>(size - start), '\0');
  const ssize_t got = pread(file, tail.data(), tail.size(), start);
  if (size < 0 || got < 0 || static_cast<std::size_t>(got) != tail.size()) {
    return PosixError("can't read " + path, errno);
  }
  const std::size_t end = tail.rfind('\n');
  const off_t whole = end == std::string::npos ? start : start + static_cast<off_t>(end) + 1;
  return whole == size || ftruncate(file, whole) == 0 ? Status::Ok()
                                                      : PosixError("can't cut " + path, errno);
}

}  // namespace

Result<Acknowledgements> Acknowledgements::Open(const std::string& path) {
  if (path.empty()) {
    return Acknowledgements(FileDescriptor());
  }
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return PosixError("can't open " + path, errno);
  }
  LUMBUNG_RETURN_IF_ERROR(CutTornLine(file.get(), path));
  return Acknowledgements(std::move(file));
}

Status Acknowledgements::Add(const v1::Command& command, const Answer& answer) {
  if (!file_.valid()) {
    return Status::Ok();
  }
  fmt::format_to(std::back_inserter(pending_), "{} {} {} {}\n", CooperativeOf(command),
                 IdOf(command), v1::Code_Name(answer.code), answer.sequence);
  return pending_.size() < kPendingBytes ? Status::Ok() : Flush();
}

Status Acknowledgements::Flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t written = write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      return PosixError("can't write the file of acknowledgements", errno);
    }
    rest.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  pending_.clear();
  return Status::Ok();
}

}  // namespace lumbung
