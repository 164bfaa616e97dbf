// GET: which projections there are, and what they know of balances: entries, statements, balances
// at any time, trial balances.
#include "engine/serve/http/projection_question.h"

namespace lumbung {
namespace {

// The account of the path. A problem is answered where it is none.
bool TakeAccount(Exchange& exchange, v1::Account& account) {
  const auto key = ParseAccount(exchange.places.front());
  if (!key) {
    exchange.Answer(ParameterProblem(
        "account", "wants <cooperative>:<code>:<holder>, and :<currency> where it is not IDR"));
    return false;
  }
  account.set_cooperative(key->cooperative);
  account.set_code(key->code);
  account.set_holder(key->holder);
  if (key->currency != kIdr) {
    account.set_currency(FormatCurrency(key->currency));
  }
  return true;
}

}  // namespace

void HttpApi::ListEntries(Exchange& exchange) {
  v1::ListEntriesRequest request;
  if (!TakeAccount(exchange, *request.mutable_account()) || !TakePeriod(exchange, request) ||
      !TakePage(exchange, request) || !TakeSequence(exchange, request)) {
    return;
  }
  const std::string order = exchange.request.get_param_value("order");
  if (order == "date") {
    request.set_order(v1::ListEntriesRequest::DATE);
  } else if (order == "newest") {
    request.set_order(v1::ListEntriesRequest::NEWEST_FIRST);
  } else if (!order.empty() && order != "recorded") {
    return exchange.Answer(ParameterProblem("order", "wants recorded, newest or date"));
  }
  Ask(exchange, request, &ProjectionGateway::ListEntries);
}

void HttpApi::GetStatement(Exchange& exchange) {
  v1::GetStatementRequest request;
  if (TakeAccount(exchange, *request.mutable_account()) && TakePeriod(exchange, request) &&
      TakePage(exchange, request) && TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetStatement);
  }
}

void HttpApi::GetBalanceAt(Exchange& exchange) {
  v1::GetBalanceAtRequest request;
  if (!TakeAccount(exchange, *request.mutable_account()) || !TakeSequence(exchange, request)) {
    return;
  }
  const httplib::Request& asked = exchange.request;
  if (asked.has_param("date") + asked.has_param("recorded_at") + asked.has_param("sequence") != 1) {
    return exchange.Answer(
        ParameterProblem("date", "wants a day; or recorded_at a time, or sequence an event"));
  }
  const char* const name = asked.has_param("date")          ? "date"
                           : asked.has_param("recorded_at") ? "recorded_at"
                                                            : "sequence";
  const auto value =
      exchange.Number(name, 0, asked.has_param("date") ? kLastDate : kAnyNumber, std::nullopt);
  if (!value) return;
  if (asked.has_param("date")) {
    request.set_date(static_cast<std::int32_t>(*value));
  } else if (asked.has_param("recorded_at")) {
    request.set_recorded_at(static_cast<std::int64_t>(*value));
  } else {
    request.set_sequence(*value);
  }
  Ask(exchange, request, &ProjectionGateway::GetBalanceAt);
}

void HttpApi::GetTrialBalance(Exchange& exchange) {
  v1::GetTrialBalanceRequest request;
  if (TakeCooperative(exchange, request) && TakePeriod(exchange, request) &&
      TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetTrialBalance);
  }
}

void HttpApi::FindTransactions(Exchange& exchange) {
  v1::FindTransactionsRequest request;
  if (TakeCooperative(exchange, request) && TakePage(exchange, request) &&
      TakeSequence(exchange, request)) {
    request.set_reference(exchange.request.get_param_value("reference"));
    Ask(exchange, request, &ProjectionGateway::FindTransactions);
  }
}

void HttpApi::GetRegionTrialBalance(Exchange& exchange) {
  v1::GetRegionTrialBalanceRequest request;
  request.set_region(exchange.places.front());
  const auto code = exchange.Number("code", 1, kMaxAccountCode, 0);
  if (code && TakePeriod(exchange, request)) {
    request.set_code(static_cast<std::uint32_t>(*code));
    Ask(exchange, request, &ProjectionGateway::GetRegionTrialBalance);
  }
}

void HttpApi::ListProjections(Exchange& exchange) {
  if (exchange.WantsStream()) return StreamProjections(exchange);
  const auto [error, response] = Await<v1::ListProjectionsResponse>(
      exchange.call, [&](const CallDone<v1::ListProjectionsResponse>& done) {
        projections_->ListProjections(exchange.call, done);
      });
  if (error) return exchange.Answer(ProblemOfQuestion(*error));
  exchange.Answer(200, JsonOf(response));
}

}  // namespace lumbung
