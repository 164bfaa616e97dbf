// One HTTP request on its way through the API, and the answer to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <httplib.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "engine/serve/gateway.h"
#include "engine/serve/http/problem.h"

namespace lumbung {

struct Exchange {
  const httplib::Request& request;
  httplib::Response& response;
  Call call;
  // What stood for {...} in the route's path, in order.
  std::vector<std::string> places = {};
  // What was answered, for the observer: the code of a problem, otherwise OK.
  std::string code = "OK";

  void Answer(int status, std::string json) {
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    response.set_header("Content-Type", "application/json");
    response.body = std::move(json);
  }
  void Answer(const Problem& problem);

  // Whether server-sent events are asked for, rather than one answer.
  bool WantsStream() const {
    return request.get_header_value("Accept").find("text/event-stream") != std::string::npos;
  }

  // Query parameters as numbers within [least, most]; `absent` where not given. A problem is
  // answered, and there is no number, where it is none.
  std::optional<std::uint64_t> Number(const std::string& name, std::uint64_t least,
                                      std::uint64_t most, std::optional<std::uint64_t> absent);
  // The same of true and false.
  std::optional<bool> Flag(const std::string& name);
};

// In protobuf's JSON mapping, with every field but messages that are not set.
std::string JsonOf(const google::protobuf::Message& message);

// Calls `start` with the callback that it is to call once, and waits for that. Where it has not
// been called some time after the call's deadline, that is a kUnavailable of OUTCOME_UNKNOWN.
template <typename Response>
std::pair<std::optional<CallError>, Response> Await(
    const Call& call, const std::function<void(CallDone<Response>)>& start) {
  constexpr std::chrono::seconds kGrace{5};
  using Outcome = std::pair<std::optional<CallError>, Response>;
  auto promise = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> future = promise->get_future();
  start([promise](std::optional<CallError> error, Response response) {
    promise->set_value({std::move(error), std::move(response)});
  });
  if (future.wait_until(call.deadline + kGrace) == std::future_status::ready) return future.get();
  return {CallError{.kind = CallError::Kind::kUnavailable,
                    .code = v1::OUTCOME_UNKNOWN,
                    .detail = "no answer in time",
                    .field = {}},
          Response()};
}

}  // namespace lumbung
