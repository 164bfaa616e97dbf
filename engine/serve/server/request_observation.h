// A request that has ended, whatever brought it: what log and metrics say of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace lumbung {

enum class Protocol : std::uint8_t { kGrpc, kHttp };
// "grpc", "http".
std::string_view ProtocolName(Protocol protocol);

enum class Outcome : std::uint8_t { kOk, kCallersFault, kOurFault };

struct RequestObservation {
  Protocol protocol = Protocol::kGrpc;
  // "Post", "POST /v1/transactions"; "other" where it is none that there is.
  std::string_view method = {};
  // "OK", "NOT_FOUND"; "200", "404".
  std::string_view status = {};
  // The stable code, where it says more than the status.
  std::string_view code = {};
  std::string_view request_id = {};
  // Empty where nobody was recognised.
  std::string_view principal = {};
  // Lasts as long as the caller likes.
  bool stream = false;
  std::chrono::nanoseconds took{0};
};

// Whose fault it is, by the status.
Outcome OutcomeOf(const RequestObservation& request);

// One line, unless there were too many about the principal (log_limit.h): where we are at fault or
// it took more than a second a warning, where the caller is at fault for information, otherwise for
// debugging.
void LogRequest(const RequestObservation& request);

}  // namespace lumbung
