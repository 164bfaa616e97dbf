#include "engine/serve/http/api.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/serve/certificate_names.h"
#include "engine/serve/http/openapi.h"
#include "engine/serve/openssl_handles.h"
#include "engine/serve/trace_context.h"

namespace lumbung {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kBearer = "Bearer ";

std::string_view HeaderOf(const httplib::Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view TokenOf(const httplib::Request& request) {
  const std::string_view header = HeaderOf(request, "Authorization");
  const bool bearer =
      header.size() > kBearer.size() &&
      std::equal(kBearer.begin(), kBearer.end(), header.begin(), [](char wanted, char given) {
        return std::tolower(static_cast<unsigned char>(wanted)) ==
               std::tolower(static_cast<unsigned char>(given));
      });
  return bearer ? header.substr(kBearer.size()) : std::string_view();
}

// None where it is no TLS, or the client has shown no certificate, or one that was not verified.
std::vector<std::string> PeerNames(const SSL* ssl) {
  if (ssl == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return {};
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  return certificate == nullptr ? std::vector<std::string>() : CertificateNames(*certificate);
}

// Seconds of "Prefer: wait=<seconds>" (RFC 7240); none where there is none or it is no number.
std::optional<std::chrono::seconds> WaitOf(std::string_view prefer) {
  constexpr std::string_view kWait = "wait=";
  const std::size_t at = prefer.find(kWait);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t seconds = 0;
  const std::string_view text = prefer.substr(at + kWait.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc{} ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace

struct HttpApi::Route {
  std::string_view method;
  std::string_view path;
  void (HttpApi::*handler)(Exchange&);
  // Query parameters that it takes, with commas between.
  std::string_view parameters;
  bool anyone = false;
  // Where there are projections only.
  bool projected = false;
  // Where there is a dashboard only.
  bool page = false;
};

std::span<const HttpApi::Route> HttpApi::Routes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/transactions", &HttpApi::PostTransactions, "balances,dry_run"},
      Route{"POST", "/v1/commands", &HttpApi::PostCommands, "balances,dry_run"},
      Route{"GET", "/v1/transactions/{id}", &HttpApi::GetTransaction, "cooperative"},
      Route{"GET", "/v1/accounts/{account}", &HttpApi::GetAccount, ""},
      Route{"GET", "/v1/cooperatives/{cooperative}", &HttpApi::GetCooperative, ""},
      Route{"GET", "/v1/cooperatives/{cooperative}/accounts", &HttpApi::ListAccounts,
            "code,page_size,cursor"},
      Route{"GET", "/v1/accounts/{account}/entries", &HttpApi::ListEntries,
            "order,from,to,page_size,cursor,at_least_sequence", false, true},
      Route{"GET", "/v1/accounts/{account}/statement", &HttpApi::GetStatement,
            "from,to,page_size,cursor,at_least_sequence", false, true},
      Route{"GET", "/v1/accounts/{account}/balance", &HttpApi::GetBalanceAt,
            "date,recorded_at,sequence,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/trial-balance", &HttpApi::GetTrialBalance,
            "from,to,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/transactions", &HttpApi::FindTransactions,
            "reference,page_size,cursor,at_least_sequence", false, true},
      Route{"GET", "/v1/regions/{region}/trial-balance", &HttpApi::GetRegionTrialBalance,
            "code,from,to", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/outlets/{outlet}/performance",
            &HttpApi::GetPerformance, "day,from,to,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/outlets/{outlet}/hours", &HttpApi::GetHours,
            "day,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/outlets/{outlet}/comparison",
            &HttpApi::ComparePerformance, "measure,day,weeks,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/performance", &HttpApi::GetPerformance,
            "day,from,to,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/hours", &HttpApi::GetHours,
            "day,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/comparison", &HttpApi::ComparePerformance,
            "measure,day,weeks,at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/freshness", &HttpApi::GetFreshness,
            "at_least_sequence", false, true},
      Route{"GET", "/v1/cooperatives/{cooperative}/loans", &HttpApi::ListLoans,
            "day,at_least_sequence", false, true},
      Route{"GET", "/v1/regions/{region}/performance", &HttpApi::GetPerformance, "day,from,to",
            false, true},
      Route{"GET", "/v1/regions/{region}/hours", &HttpApi::GetHours, "day", false, true},
      Route{"GET", "/v1/regions/{region}/comparison", &HttpApi::ComparePerformance,
            "measure,day,weeks", false, true},
      Route{"GET", "/v1/regions/{region}/freshness", &HttpApi::GetFreshness, "", false, true},
      Route{"GET", "/v1/regions/{region}/children", &HttpApi::ListChildren,
            "measure,day,from,to,order,limit", false, true},
      Route{"GET", "/v1/regions/{region}/cooperatives", &HttpApi::ListCooperatives,
            "measure,day,from,to,order,limit", false, true},
      Route{"GET", "/v1/me", &HttpApi::GetPrincipal, ""},
      Route{"GET", "/v1/regions", &HttpApi::FindRegions, "name,code,limit"},
      Route{"GET", "/v1/findings", &HttpApi::ListFindings,
            "rule,severity,cooperative,region,from,to,acknowledged,resolved,order,page_size,cursor,"
            "at_least_sequence",
            false, true},
      Route{"GET", "/v1/findings/counts", &HttpApi::CountFindings, "", false, true},
      Route{"GET", "/v1/findings/{id}", &HttpApi::GetFinding, "cooperative,at_least_sequence",
            false, true},
      Route{"GET", "/v1/projections", &HttpApi::ListProjections, "", false, true},
      Route{"GET", "/v1/events", &HttpApi::GetEvents, "from,shard,limit"},
      Route{"GET", "/v1/ledger", &HttpApi::GetLedger, ""},
      Route{"GET", "/v1/checkpoint/{shard}", &HttpApi::GetCheckpoint, ""},
      Route{"GET", "/metrics", &HttpApi::GetMetrics, ""},
      Route{"GET", "/", &HttpApi::GoToDashboard, "", true, false, true},
      Route{"GET", "/dashboard", &HttpApi::GoToDashboard, "", true, false, true},
      Route{"GET", "/dashboard/", &HttpApi::GetDashboard, "", true, false, true},
      Route{"GET", "/dashboard/{file}", &HttpApi::GetDashboard, "", true, false, true},
      Route{"GET", "/dashboard/{folder}/{file}", &HttpApi::GetDashboard, "", true, false, true},
      Route{"GET", "/healthz", &HttpApi::GetHealth, "", true},
      Route{"GET", "/readyz", &HttpApi::GetReadiness, "", true},
      Route{"GET", "/openapi.json", &HttpApi::GetOpenApi, "", true},
  };
  return kRoutes;
}

HttpApi::HttpApi(Gateway& gateway, ProjectionGateway* projections, std::uint32_t shards,
                 HttpApiOptions options)
    : gateway_(gateway), projections_(projections), shards_(shards), options_(std::move(options)) {}
HttpApi::~HttpApi() = default;

bool HttpApi::Matches(std::string_view pattern, std::string_view path,
                      std::vector<std::string>& places) {
  places.clear();
  while (true) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    const std::string_view given = path.substr(0, path.find('/'));
    if (wanted.starts_with('{')) {
      if (given.empty()) return false;
      places.emplace_back(given);
    } else if (wanted != given) {
      return false;
    }
    const bool ends = wanted.size() == pattern.size();
    if (ends || given.size() == path.size()) return ends && given.size() == path.size();
    pattern.remove_prefix(wanted.size() + 1);
    path.remove_prefix(given.size() + 1);
  }
}

void HttpApi::Handle(const httplib::Request& request, httplib::Response& response) {
  const auto began = Steady::now();
  TraceContext trace =
      ContextOf(HeaderOf(request, "traceparent"), HeaderOf(request, "X-Request-Id"));
  response.set_header("X-Request-Id", trace.request_id);
  response.set_header("traceparent", trace.traceparent);
  Exchange exchange{.request = request, .response = response, .call = {}};
  exchange.call.request_id = std::move(trace.request_id);
  auto time = options_.request_timeout;
  if (const auto wait = WaitOf(HeaderOf(request, "Prefer"))) {
    time = std::min<std::chrono::milliseconds>(time, *wait);
  }
  exchange.call.deadline = began + time;

  const Route* route = nullptr;
  Dispatch(exchange, route);
  if (!options_.observe) return;
  const Principal* principal = exchange.call.principal.get();
  options_.observe({.request_id = exchange.call.request_id,
                    .method = request.method,
                    .route = route == nullptr ? std::string_view() : route->path,
                    .principal = principal == nullptr ? std::string_view() : principal->id(),
                    .status = response.status,
                    .code = exchange.code,
                    .request_bytes = request.body.size(),
                    .took = Steady::now() - began});
}

void HttpApi::Dispatch(Exchange& exchange, const Route*& route) {
  const httplib::Request& request = exchange.request;
  // HEAD is GET without its body, which httplib leaves out.
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  std::string_view allowed;
  for (const Route& known : Routes()) {
    if (known.projected && projections_ == nullptr) continue;
    if (known.page && options_.dashboard == nullptr) continue;
    if (!Matches(known.path, request.path, exchange.places)) continue;
    allowed = known.method;
    if (known.method != method) continue;
    route = &known;
    if (Admit(exchange, known)) (this->*known.handler)(exchange);
    return;
  }
  if (allowed.empty()) return exchange.Answer(HttpProblem(404));
  exchange.response.set_header("Allow", allowed == "GET" ? "GET, HEAD" : std::string(allowed));
  exchange.Answer(HttpProblem(405));
}

// Who it is, and that nothing is asked for that would be passed over.
bool HttpApi::Admit(Exchange& exchange, const Route& route) const {
  if (!route.anyone) {
    exchange.call.principal = options_.authenticate(
        TokenOf(exchange.request), PeerNames(exchange.request.ssl), exchange.call.request_id);
    if (exchange.call.principal == nullptr) {
      exchange.Answer(HttpProblem(401));
      return false;
    }
  }
  for (const auto& [name, value] : exchange.request.params) {
    const std::string known = "," + std::string(route.parameters) + ",";
    if (name.empty() || known.find("," + name + ",") == std::string::npos) {
      exchange.Answer(ParameterProblem(name, "is no parameter of this path"));
      return false;
    }
  }
  return true;
}

void HttpApi::Refuse(int status, httplib::Response& response) const {
  const TraceContext trace = ContextOf({});
  response.status = status;
  const Problem problem = HttpProblem(status);
  response.set_header("Content-Type", "application/problem+json");
  response.set_header("X-Request-Id", trace.request_id);
  if (problem.retry_after() > 0) {
    response.set_header("Retry-After", std::to_string(problem.retry_after()));
  }
  response.body = ProblemJson(problem, trace.request_id);
  if (options_.observe) {
    options_.observe({.request_id = trace.request_id,
                      .method = {},
                      .route = {},
                      .principal = {},
                      .status = status,
                      .code = problem.code});
  }
}

void HttpApi::Drain() {
  draining_ = true;
  const std::lock_guard lock(alarm_->mutex);
  alarm_->draining = true;
  alarm_->changed.notify_all();
}

}  // namespace lumbung
