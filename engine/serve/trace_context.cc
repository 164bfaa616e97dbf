#include "engine/serve/trace_context.h"

#include <algorithm>
#include <random>

#include "engine/base/bytes.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxOwnId = 64;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool AllZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

// version-trace-parent-flags; a later version may go on after a hyphen.
bool IsTraceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  const bool ends = text.size() == 55 || (version != "00" && text[55] == '-');
  return ends && IsHex(version) && version != "ff" && IsHex(text.substr(3, 32)) &&
         !AllZero(text.substr(3, 32)) && IsHex(text.substr(36, 16)) &&
         !AllZero(text.substr(36, 16)) && IsHex(text.substr(53, 2));
}

bool IsOwnId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxOwnId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '_' || c == '-';
         });
}

// 16 hexadecimal digits. They need to differ, not to be secret.
std::string RandomDigits() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string bytes;
  AppendBigEndian(bytes, random() | 1);
  return ToHex(bytes);
}

}  // namespace

TraceContext ContextOf(std::string_view traceparent, std::string_view own_id) {
  const bool given = IsTraceparent(traceparent);
  const std::string trace =
      given ? std::string(traceparent.substr(3, 32)) : RandomDigits() + RandomDigits();
  const std::string flags = given ? std::string(traceparent.substr(53, 2)) : "00";
  return {.request_id = IsOwnId(own_id) ? std::string(own_id) : trace,
          .traceparent = "00-" + trace + "-" + RandomDigits() + "-" + flags};
}

}  // namespace lumbung
