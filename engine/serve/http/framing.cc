#include "engine/serve/http/framing.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <strings.h>

namespace lumbung {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

bool IsName(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() && strncasecmp(name.data(), wanted.data(), name.size()) == 0;
}

std::string_view Trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Collects what the fields say.
class Fields {
 public:
  void Take(std::string_view line) {
    const std::size_t colon = line.find(':');
    // Folded and nameless fields are read differently by different readers (RFC 9112 section 5).
    if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ' ||
        line[colon - 1] == '\t' || line[0] == ' ' || line[0] == '\t') {
      return Refuse(400);
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = Trimmed(line.substr(colon + 1));
    if (IsName(name, "content-length")) {
      TakeLength(value);
    } else if (IsName(name, "transfer-encoding")) {
      Refuse(411);
    } else if (IsName(name, "expect")) {
      expects_continue_ = IsName(value, "100-continue");
    }
  }

  void Fill(const FramingLimits& limits, RequestHead& head) const {
    head.refused = refused_;
    head.body_bytes = length_.value_or(0);
    head.expects_continue = expects_continue_ && head.body_bytes > 0;
    if (refused_ == 0 && head.body_bytes > limits.max_body_bytes) head.refused = 413;
  }

 private:
  void Refuse(int status) {
    if (refused_ == 0) refused_ = status;
  }
  void TakeLength(std::string_view value) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error == std::errc::result_out_of_range && end == value.data() + value.size()) {
      return Refuse(413);
    }
    if (error != std::errc{} || end != value.data() + value.size() || length_.has_value()) {
      return Refuse(400);
    }
    length_ = length;
  }

  std::optional<std::size_t> length_;
  bool expects_continue_ = false;
  int refused_ = 0;
};

}  // namespace

RequestHead FindHead(std::string_view buffered, std::size_t searched, const FramingLimits& limits) {
  RequestHead head;
  const std::size_t end = buffered.find(kEnd, searched - std::min(searched, kEnd.size() - 1));
  if (end == std::string_view::npos || end + kEnd.size() > limits.max_header_bytes) {
    if (buffered.size() > limits.max_header_bytes) head.refused = 431;
    return head;
  }
  head.head_bytes = end + kEnd.size();
  Fields fields;
  std::string_view rest = buffered.substr(0, end + 2);
  bool is_request_line = true;
  while (!rest.empty()) {
    const std::size_t line_end = rest.find("\r\n");
    if (!is_request_line) fields.Take(rest.substr(0, line_end));
    is_request_line = false;
    rest.remove_prefix(line_end + 2);
  }
  fields.Fill(limits, head);
  return head;
}

}  // namespace lumbung
