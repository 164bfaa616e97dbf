// Where a request ends: enough of HTTP/1.1 (RFC 9112 section 6) to gather one whole before anybody
// looks at it, so that who sends slowly holds no thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace lumbung {

struct FramingLimits {
  std::size_t max_header_bytes = std::size_t{16} << 10;
  std::size_t max_body_bytes = std::size_t{4} << 20;
};

// What the head of a request (request line, fields, empty line) says of its length.
struct RequestHead {
  // 0: the head is not all there.
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue = false;
  // HTTP status where the request is refused: 400, 411 (only Content-Length says how long a body
  // is), 413, 431; 0 otherwise.
  int refused = 0;
};

// REQUIRES: what came before `searched` held no end of a head
RequestHead FindHead(std::string_view buffered, std::size_t searched, const FramingLimits& limits);

}  // namespace lumbung
