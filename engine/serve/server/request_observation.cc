#include "engine/serve/server/request_observation.h"

#include <algorithm>
#include <array>

#include "engine/serve/log_limit.h"

namespace lumbung {
namespace {

constexpr std::chrono::seconds kSlow{1};

// Statuses of gRPC that say that the server is to blame.
constexpr std::array<std::string_view, 5> kOurs = {"UNKNOWN", "UNIMPLEMENTED", "INTERNAL",
                                                   "UNAVAILABLE", "DATA_LOSS"};

LogLevel LevelOf(const RequestObservation& request) {
  switch (OutcomeOf(request)) {
    case Outcome::kOurFault:
      return LogLevel::kWarning;
    case Outcome::kCallersFault:
      return LogLevel::kInfo;
    case Outcome::kOk:
      break;
  }
  return request.took > kSlow && !request.stream ? LogLevel::kWarning : LogLevel::kDebug;
}

}  // namespace

std::string_view ProtocolName(Protocol protocol) {
  return protocol == Protocol::kGrpc ? "grpc" : "http";
}

Outcome OutcomeOf(const RequestObservation& request) {
  if (request.protocol == Protocol::kHttp) {
    const char first = request.status.empty() ? '5' : request.status.front();
    return first == '5' ? Outcome::kOurFault
                        : (first == '4' ? Outcome::kCallersFault : Outcome::kOk);
  }
  if (request.status == "OK") {
    return Outcome::kOk;
  }
  const bool ours = std::find(kOurs.begin(), kOurs.end(), request.status) != kOurs.end();
  return ours ? Outcome::kOurFault : Outcome::kCallersFault;
}

void LogRequest(const RequestObservation& request) {
  const double millis = std::chrono::duration<double, std::milli>(request.took).count();
  const std::initializer_list<LogField> fields = {{"request_id", request.request_id},
                                                  {"principal", request.principal},
                                                  {"transport", ProtocolName(request.protocol)},
                                                  {"method", request.method},
                                                  {"status", request.status},
                                                  {"code", request.code},
                                                  {"milliseconds", millis}};
  // Who asks for every request gets every one.
  const LogLevel level = LevelOf(request);
  level == LogLevel::kDebug ? Log(level, "request", fields)
                            : LogAbout(request.principal, level, "request", fields);
}

}  // namespace lumbung
