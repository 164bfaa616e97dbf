// What the questions to projections have in common over HTTP: parameters that several take, and
// the way to the gateway and back.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "engine/domain/account_key.h"
#include "engine/serve/http/api.h"
#include "engine/serve/projection_gateway.h"

namespace lumbung {

// Numbers that a parameter may be at most.
inline constexpr std::uint64_t kLastDate = 99'991'231;
inline constexpr std::uint64_t kMostOnPage = 1'000;
inline constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::int64_t>::max();

// The same as the gateway says, of the parameter that stands for the field.
Problem ProblemOfQuestion(const CallError& error);

// Each of these answers with a problem, and returns false, where what came can't be taken.

template <typename Request>
bool TakeSequence(Exchange& exchange, Request& request) {
  const auto sequence = exchange.Number("at_least_sequence", 1, kAnyNumber, 0);
  if (!sequence) return false;
  request.set_at_least_sequence(*sequence);
  return true;
}

template <typename Request>
bool TakePeriod(Exchange& exchange, Request& request) {
  const auto from = exchange.Number("from", 1, kLastDate, 0);
  const auto to = from ? exchange.Number("to", 1, kLastDate, 0) : std::nullopt;
  if (!to) return false;
  request.set_from_date(static_cast<std::int32_t>(*from));
  request.set_to_date(static_cast<std::int32_t>(*to));
  return true;
}

template <typename Request>
bool TakePage(Exchange& exchange, Request& request) {
  const auto page_size = exchange.Number("page_size", 1, kMostOnPage, 100);
  if (!page_size) return false;
  request.set_page_size(static_cast<std::uint32_t>(*page_size));
  request.set_cursor(exchange.request.get_param_value("cursor"));
  return true;
}

// The cooperative of the path; what is no number is not there.
template <typename Request>
bool TakeCooperative(Exchange& exchange, Request& request) {
  const auto key = ParseAccount(exchange.places.front() + ":1:0");
  if (!key) {
    exchange.Answer(HttpProblem(404));
    return false;
  }
  request.set_cooperative(key->cooperative);
  return true;
}

// Asks the projections, and answers with what they say.
template <typename Request, typename Response>
void HttpApi::Ask(Exchange& exchange, const Request& request,
                  void (ProjectionGateway::*question)(const Call&, const Request&,
                                                      CallDone<Response>)) {
  const auto [error, response] = Await<Response>(exchange.call, [&](CallDone<Response> done) {
    (projections_->*question)(exchange.call, request, std::move(done));
  });
  if (error) return exchange.Answer(ProblemOfQuestion(*error));
  exchange.Answer(200, JsonOf(response));
}

}  // namespace lumbung
