// Comma-separated values (RFC 4180), row by row.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

// Lines end in CR LF or LF. A field that does not begin with a quote is taken as it stands, quotes
// within it included. Empty lines are no rows; a byte order mark at the start is skipped. The text
// must outlive the reader. One thread at a time.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);

  // The next row; false at the end. InvalidArgument where a quote never ends or something other
  // than a comma follows it; the message names the line. The reader is then at its end.
  Result<bool> Next(std::vector<std::string>& fields);

  // Line on which the last row began, counted from 1.
  std::size_t line() const { return row_line_; }

 private:
  Status ReadQuoted(std::string& field);
  void ReadPlain(std::string& field);
  bool SkipLineEnd();

  std::string_view rest_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 0;
};

}  // namespace lumbung
