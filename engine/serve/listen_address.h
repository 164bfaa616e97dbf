// Where a server listens: "127.0.0.1:7070", "[::1]:7070", "localhost:7070", "ledger.example:7070".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

struct ListenAddress {
  // Without brackets.
  std::string host;
  // 0: any that is free.
  std::uint16_t port = 0;
  // Only this machine reaches it. Of names, only of localhost is that known.
  bool loopback = false;
};

// Nothing where `text` is none: a host (IPv4, IPv6 in brackets, or a name) and a port.
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace lumbung
