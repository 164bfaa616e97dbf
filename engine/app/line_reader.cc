#include "engine/app/line_reader.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "engine/app/signals.h"

namespace lumbung {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;

Result<FileDescriptor> OpenInput(const std::string& path) {
  const int fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return PosixError("can't open " + (path == "-" ? "standard input" : path), errno);
  }
  return FileDescriptor(fd);
}

}  // namespace

Result<LineReader> LineReader::Open(const std::string& path, std::size_t longest) {
  Result<FileDescriptor> file = OpenInput(path);
  if (!file.ok()) {
    return file.status();
  }
  struct stat facts = {};
  if (fstat(file->get(), &facts) != 0) {
    return PosixError("can't look at " + path, errno);
  }
  if (S_ISDIR(facts.st_mode)) {
    return Status::InvalidArgument(path + " is a folder, not a file");
  }
  LineReader reader;
  reader.file_ = std::move(*file);
  reader.longest_ = longest;
  reader.size_ = S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
  return reader;
}

bool LineReader::Fill() {
  if (at_end_ || StopRequested()) {
    return false;
  }
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  const std::size_t old_size = buffer_.size();
  buffer_.resize(old_size + kReadBytes);
  const ssize_t got = read(file_.get(), buffer_.data() + old_size, kReadBytes);
  buffer_.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) {
    if (errno != EINTR) {
      status_ = PosixError("can't read", errno);
    }
    return errno == EINTR && !StopRequested();
  }
  at_end_ = got == 0;
  position_ += static_cast<std::uint64_t>(got);
  return got > 0;
}

void LineReader::SkipRest() {
  while (true) {
    const std::size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      begin_ = searched_ = end + 1;
      return;
    }
    begin_ = searched_ = buffer_.size();
    if (!Fill()) {
      return;
    }
  }
}

bool LineReader::Next(std::string_view& line) {
  if (cut_) {
    SkipRest();
    cut_ = false;
  }
  while (!StopRequested()) {
    const std::size_t end = buffer_.find('\n', searched_);
    const bool found = end != std::string::npos;
    const std::size_t length = (found ? end : buffer_.size()) - begin_;
    if (length > longest_) {
      line = std::string_view(buffer_).substr(begin_, longest_);
      cut_ = true;
    } else if (found || (at_end_ && length > 0)) {
      line = std::string_view(buffer_).substr(begin_, length);
    } else {
      searched_ = buffer_.size();
      if (!Fill() && (!at_end_ || begin_ == buffer_.size())) {
        return false;
      }
      continue;
    }
    begin_ = searched_ = cut_ ? begin_ : begin_ + length + (found ? 1 : 0);
    ++number_;
    return true;
  }
  return false;
}

Result<std::string> ReadAll(const std::string& path, std::size_t longest) {
  const Result<FileDescriptor> file = OpenInput(path);
  if (!file.ok()) {
    return file.status();
  }
  std::string content;
  while (content.size() <= longest) {
    const std::size_t old_size = content.size();
    content.resize(old_size + kReadBytes);
    const ssize_t got = read(file->get(), content.data() + old_size, kReadBytes);
    content.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) {
      return content;
    }
    if (got < 0 && (errno != EINTR || StopRequested())) {
      return errno == EINTR ? Status::Cancelled("stopped")
                            : PosixError("can't read " + path, errno);
    }
  }
  return Status::InvalidArgument(path + " is longer than " + std::to_string(longest) + " bytes");
}

}  // namespace lumbung
