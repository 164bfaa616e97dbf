#include "engine/serve/listen_address.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace lumbung {
namespace {

bool IsHostName(std::string_view host) {
  constexpr std::size_t kMostBytes = 253;
  return !host.empty() && host.size() <= kMostBytes && host.front() != '-' && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.';
         });
}

// Whether digits and dots alone, which a name is not: "127.0.0.256" is a slip.
bool LooksLikeNumbers(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(port)
                                                                  : std::nullopt;
}

}  // namespace

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<std::uint16_t> port = ParsePort(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port || host.empty()) {
    return std::nullopt;
  }
  if (host.front() == '[' && host.back() == ']') {
    const std::string inner(host.substr(1, host.size() - 2));
    in6_addr address{};
    if (inet_pton(AF_INET6, inner.c_str(), &address) != 1) {
      return std::nullopt;
    }
    return ListenAddress{inner, *port, IN6_IS_ADDR_LOOPBACK(&address) != 0};
  }
  ListenAddress parsed{std::string(host), *port, host == "localhost"};
  in_addr address{};
  if (inet_pton(AF_INET, parsed.host.c_str(), &address) == 1) {
    constexpr std::uint32_t kLoopbackNet = 127;
    parsed.loopback = ntohl(address.s_addr) >> 24 == kLoopbackNet;
    return parsed;
  }
  return IsHostName(host) && !LooksLikeNumbers(host) ? std::optional(parsed) : std::nullopt;
}

}  // namespace lumbung
