// GET: what the audit found.
#include "engine/serve/http/projection_question.h"

namespace lumbung {
namespace {

// Each of these answers with a problem, and returns false, where what came can't be taken; what did
// not come is not set.

template <typename Request>
bool TakeFindingsOf(Exchange& exchange, Request& request) {
  if (!exchange.request.has_param("cooperative")) return true;
  const auto cooperative = exchange.Number("cooperative", 0, kMaxCooperative, std::nullopt);
  if (!cooperative) return false;
  request.set_cooperative(*cooperative);
  return true;
}

bool TakeFlag(Exchange& exchange, const std::string& name, v1::ListFindingsRequest& request,
              void (v1::ListFindingsRequest::*set)(bool)) {
  if (!exchange.request.has_param(name)) return true;
  const std::optional<bool> flag = exchange.Flag(name);
  if (!flag) return false;
  (request.*set)(*flag);
  return true;
}

bool TakeSeverity(Exchange& exchange, v1::ListFindingsRequest& request) {
  const std::string severity = exchange.request.get_param_value("severity");
  if (severity == "notice") {
    request.set_severity(v1::NOTICE);
  } else if (severity == "warning") {
    request.set_severity(v1::WARNING);
  } else if (severity == "alarm") {
    request.set_severity(v1::ALARM);
  } else if (!severity.empty()) {
    exchange.Answer(ParameterProblem("severity", "wants notice, warning or alarm"));
    return false;
  }
  return true;
}

bool TakeOrder(Exchange& exchange, v1::ListFindingsRequest& request) {
  const std::string order = exchange.request.get_param_value("order");
  if (order == "oldest") {
    request.set_order(v1::ListFindingsRequest::OLDEST_FIRST);
  } else if (!order.empty() && order != "newest") {
    exchange.Answer(ParameterProblem("order", "wants newest or oldest"));
    return false;
  }
  return true;
}

}  // namespace

void HttpApi::ListFindings(Exchange& exchange) {
  v1::ListFindingsRequest request;
  request.set_rule(exchange.request.get_param_value("rule"));
  request.set_region(exchange.request.get_param_value("region"));
  if (TakeSeverity(exchange, request) && TakeFindingsOf(exchange, request) &&
      TakePeriod(exchange, request) &&
      TakeFlag(exchange, "acknowledged", request, &v1::ListFindingsRequest::set_acknowledged) &&
      TakeFlag(exchange, "resolved", request, &v1::ListFindingsRequest::set_resolved) &&
      TakeOrder(exchange, request) && TakePage(exchange, request) &&
      TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::ListFindings);
  }
}

void HttpApi::GetFinding(Exchange& exchange) {
  v1::GetFindingRequest request;
  request.set_id(exchange.places.front());
  if (TakeFindingsOf(exchange, request) && TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetFinding);
  }
}

void HttpApi::CountFindings(Exchange& exchange) {
  Ask(exchange, v1::CountFindingsRequest(), &ProjectionGateway::CountFindings);
}

}  // namespace lumbung
