// GET: transactions, accounts, cooperatives, the ledger itself, and how the server is.
#include <charconv>
#include <limits>

#include "engine/domain/account_key.h"
#include "engine/serve/http/api.h"
#include "engine/serve/http/event_json.h"
#include "engine/serve/http/openapi.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

// Answers the message as JSON, or the problem.
template <typename Response>
void AnswerWith(Exchange& exchange, const std::optional<CallError>& error,
                const Response& response) {
  if (error) return exchange.Answer(ProblemOf(*error, false));
  exchange.Answer(200, JsonOf(response));
}

// A number in the path; what is none is not there.
std::optional<std::uint64_t> PathNumber(Exchange& exchange, std::uint64_t most) {
  const std::string& text = exchange.places.front();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error == std::errc{} && end == text.data() + text.size() && number <= most && !leading_zero) {
    return number;
  }
  exchange.Answer(HttpProblem(404));
  return std::nullopt;
}

void AnswerText(Exchange& exchange, int status, std::string text, const char* type) {
  exchange.Answer(status, std::move(text));
  exchange.response.headers.erase("Content-Type");
  exchange.response.set_header("Content-Type", type);
}

}  // namespace

void HttpApi::GetTransaction(Exchange& exchange) {
  const auto cooperative = exchange.Number("cooperative", 0, kMaxCooperative, std::nullopt);
  if (!cooperative) return;
  v1::GetTransactionRequest request;
  request.set_cooperative(*cooperative);
  request.set_transaction_id(exchange.places.front());
  const auto [error, response] = Await<v1::GetTransactionResponse>(
      exchange.call, [&](CallDone<v1::GetTransactionResponse> done) {
        gateway_.GetTransaction(exchange.call, request, std::move(done));
      });
  if (error) return exchange.Answer(ProblemOf(*error, false));
  exchange.Answer(200, "{\"result\":" + JsonOf(response.result()) + "," +
                           EventMembers(response.event()) + ",\"asOf\":\"" +
                           std::to_string(response.as_of()) + "\"}");
}

void HttpApi::GetAccount(Exchange& exchange) {
  const auto key = ParseAccount(exchange.places.front());
  if (!key) {
    return exchange.Answer(ParameterProblem(
        "account", "wants <cooperative>:<code>:<holder>, and :<currency> where it is not IDR"));
  }
  v1::GetAccountRequest request;
  request.mutable_account()->set_cooperative(key->cooperative);
  request.mutable_account()->set_code(key->code);
  request.mutable_account()->set_holder(key->holder);
  if (key->currency != kIdr) {
    request.mutable_account()->set_currency(FormatCurrency(key->currency));
  }
  const auto [error, response] =
      Await<v1::GetAccountResponse>(exchange.call, [&](CallDone<v1::GetAccountResponse> done) {
        gateway_.GetAccount(exchange.call, request, std::move(done));
      });
  AnswerWith(exchange, error, response);
}

void HttpApi::GetCooperative(Exchange& exchange) {
  const auto cooperative = PathNumber(exchange, kMaxCooperative);
  if (!cooperative) return;
  v1::GetCooperativeRequest request;
  request.set_cooperative(*cooperative);
  const auto [error, response] = Await<v1::GetCooperativeResponse>(
      exchange.call, [&](CallDone<v1::GetCooperativeResponse> done) {
        gateway_.GetCooperative(exchange.call, request, std::move(done));
      });
  AnswerWith(exchange, error, response);
}

void HttpApi::ListAccounts(Exchange& exchange) {
  const auto cooperative = PathNumber(exchange, kMaxCooperative);
  const auto code = cooperative ? exchange.Number("code", 1, kMaxAccountCode, 0) : std::nullopt;
  const auto page_size = code ? exchange.Number("page_size", 1, 1'000, 100) : std::nullopt;
  if (!page_size) return;
  v1::ListAccountsRequest request;
  request.set_cooperative(*cooperative);
  request.set_code(static_cast<std::uint32_t>(*code));
  request.set_page_size(static_cast<std::uint32_t>(*page_size));
  request.set_cursor(exchange.request.get_param_value("cursor"));
  const auto [error, response] =
      Await<v1::ListAccountsResponse>(exchange.call, [&](CallDone<v1::ListAccountsResponse> done) {
        gateway_.ListAccounts(exchange.call, request, std::move(done));
      });
  AnswerWith(exchange, error, response);
}

void HttpApi::GetLedger(Exchange& exchange) {
  const auto [error, response] = Await<v1::GetLedgerInfoResponse>(
      exchange.call, [&](CallDone<v1::GetLedgerInfoResponse> done) {
        gateway_.GetLedgerInfo(exchange.call, std::move(done));
      });
  AnswerWith(exchange, error, response);
}

void HttpApi::GetCheckpoint(Exchange& exchange) {
  const auto shard = PathNumber(exchange, std::numeric_limits<std::uint32_t>::max());
  if (!shard) return;
  if (!exchange.call.principal->MayReplay()) return exchange.Answer(HttpProblem(403));
  const auto [error, response] = Await<v1::GetLedgerInfoResponse>(
      exchange.call, [&](CallDone<v1::GetLedgerInfoResponse> done) {
        gateway_.GetLedgerInfo(exchange.call, std::move(done));
      });
  if (error) return exchange.Answer(ProblemOf(*error, false));
  for (const v1::ShardInfo& info : response.shards()) {
    if (info.shard() == *shard) {
      return AnswerText(exchange, 200, info.checkpoint(), "text/plain; charset=utf-8");
    }
  }
  exchange.Answer(HttpProblem(404));
}

void HttpApi::GetHealth(Exchange& exchange) { exchange.Answer(200, R"({"status":"ok"})"); }

void HttpApi::GetReadiness(Exchange& exchange) {
  std::string why = gateway_.WhyNotReady();
  if (why.empty() && draining_) why = "draining";
  if (!why.empty()) return exchange.Answer(HttpProblem(503, std::move(why)));
  exchange.Answer(200, R"({"status":"ready"})");
}

void HttpApi::GetMetrics(Exchange& exchange) {
  if (!options_.metrics) return exchange.Answer(HttpProblem(404));
  if (!exchange.call.principal->MayOperate()) return exchange.Answer(HttpProblem(403));
  AnswerText(exchange, 200, options_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

void HttpApi::GetOpenApi(Exchange& exchange) { exchange.Answer(200, std::string(OpenApiJson())); }

}  // namespace lumbung
