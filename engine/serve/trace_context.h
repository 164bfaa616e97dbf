// A request's id, in and out: W3C Trace Context (traceparent), or a caller's own X-Request-Id.
#pragma once

#include <string>
#include <string_view>

namespace lumbung {

struct TraceContext {
  // For logs and problems: the caller's own id, otherwise the trace id.
  std::string request_id;
  // To be sent back: the same trace, a span of ours.
  std::string traceparent;
};

// Makes up what is missing or malformed. An own id is 1 to 64 characters of A-Z a-z 0-9 . _ -.
TraceContext ContextOf(std::string_view traceparent, std::string_view own_id = {});

}  // namespace lumbung
