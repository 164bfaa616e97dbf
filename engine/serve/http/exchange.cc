#include "engine/serve/http/exchange.h"

#include <charconv>

#include <google/protobuf/util/json_util.h>

namespace lumbung {

void Exchange::Answer(const Problem& problem) {
  code = problem.code;
  response.status = problem.status;
  response.set_header("Cache-Control", "no-store");
  response.set_header("Content-Type", "application/problem+json");
  if (problem.status == 401) response.set_header("WWW-Authenticate", "Bearer");
  if (problem.retry_after() > 0) {
    response.set_header("Retry-After", std::to_string(problem.retry_after()));
  }
  response.body = ProblemJson(problem, call.request_id);
}

std::optional<std::uint64_t> Exchange::Number(const std::string& name, std::uint64_t least,
                                              std::uint64_t most,
                                              std::optional<std::uint64_t> absent) {
  if (!request.has_param(name) && absent) return absent;
  const std::string text = request.get_param_value(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size() && value >= least &&
                    value <= most && request.get_param_value_count(name) == 1;
  if (good) return value;
  Answer(ParameterProblem(
      name, "wants a number from " + std::to_string(least) + " to " + std::to_string(most)));
  return std::nullopt;
}

std::optional<bool> Exchange::Flag(const std::string& name) {
  if (!request.has_param(name)) return false;
  const std::string text = request.get_param_value(name);
  if (request.get_param_value_count(name) == 1 && (text == "true" || text == "false")) {
    return text == "true";
  }
  Answer(ParameterProblem(name, "wants true or false"));
  return std::nullopt;
}

std::string JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails only for Any and Timestamp out of range, which no schema here has.
  LUMBUNG_CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

}  // namespace lumbung
