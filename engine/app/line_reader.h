// Lines of a file or of standard input, one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/status.h"
#include "engine/store/posix.h"

namespace lumbung {

// One thread at a time.
class LineReader {
 public:
  // "-" is standard input. A line of more than `longest` bytes is handed out cut, see is_cut().
  static Result<LineReader> Open(const std::string& path, std::size_t longest);

  // False at the end, when a stop was requested, or on an error: see status(). The line comes
  // without its end and is valid until the next call.
  bool Next(std::string_view& line);

  const Status& status() const { return status_; }
  // Of the last line, counted from 1.
  std::uint64_t number() const { return number_; }
  // Whether the last line was longer than allowed.
  bool is_cut() const { return cut_; }
  // Bytes read so far.
  std::uint64_t position() const { return position_; }
  // Of the file; 0 where it is not known.
  std::uint64_t size() const { return size_; }

 private:
  LineReader() = default;

  // False at the end of the input or on an error.
  bool Fill();
  // Reads on to the end of a line that is too long.
  void SkipRest();

  FileDescriptor file_;
  std::size_t longest_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t number_ = 0;
  std::string buffer_;
  // What of buffer_ is not handed out yet begins here.
  std::size_t begin_ = 0;
  // No end of line before here.
  std::size_t searched_ = 0;
  bool at_end_ = false;
  bool cut_ = false;
  Status status_;
};

// All of a file or of standard input ("-"), at most `longest` bytes.
Result<std::string> ReadAll(const std::string& path, std::size_t longest);

}  // namespace lumbung
