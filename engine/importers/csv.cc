#include "engine/importers/csv.h"

#include <algorithm>

namespace lumbung {

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

Result<bool> CsvReader::Next(std::vector<std::string>& fields) {
  while (SkipLineEnd()) {
  }
  row_line_ = line_;
  std::size_t used = 0;
  if (rest_.empty()) {
    fields.clear();
    return false;
  }
  while (true) {
    if (used == fields.size()) fields.emplace_back();
    std::string& field = fields[used++];
    field.clear();
    if (rest_.starts_with('"')) {
      LUMBUNG_RETURN_IF_ERROR(ReadQuoted(field));
    } else {
      ReadPlain(field);
    }
    if (rest_.empty() || SkipLineEnd()) break;
    rest_.remove_prefix(1);  // a comma: nothing else stops a field
  }
  fields.resize(used);
  return true;
}

Status CsvReader::ReadQuoted(std::string& field) {
  rest_.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) {
      rest_ = {};
      return Status::InvalidArgument("line " + std::to_string(row_line_) +
                                     ": a quoted field never ends");
    }
    const std::string_view piece = rest_.substr(0, quote);
    field.append(piece);
    line_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    field.push_back('"');
    rest_.remove_prefix(1);
  }
  if (rest_.empty() || rest_.starts_with(',') || rest_.starts_with('\n') ||
      rest_.starts_with("\r\n")) {
    return Status::Ok();
  }
  rest_ = {};
  return Status::InvalidArgument("line " + std::to_string(line_) +
                                 ": a comma or the line's end must follow a closing quote");
}

void CsvReader::ReadPlain(std::string& field) {
  std::size_t end = rest_.find_first_of(",\n");
  if (end == std::string_view::npos) end = rest_.size();
  // A CR belongs to the line's end only before LF.
  if (end > 0 && end < rest_.size() && rest_[end] == '\n' && rest_[end - 1] == '\r') --end;
  field.assign(rest_.substr(0, end));
  rest_.remove_prefix(end);
}

bool CsvReader::SkipLineEnd() {
  const std::size_t size = rest_.starts_with('\n') ? 1 : rest_.starts_with("\r\n") ? 2 : 0;
  rest_.remove_prefix(size);
  line_ += size > 0 ? 1 : 0;
  return size > 0;
}

}  // namespace lumbung
