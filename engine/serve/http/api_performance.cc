// GET: what projections know of performance: figures of regions, cooperatives and outlets.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "engine/base/date.h"
#include "engine/serve/http/projection_question.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kMostWeeks = 52;
constexpr std::uint64_t kMostInList = 1'000;

// Whose figures, by the path: a region's, a cooperative's, or those of a cooperative's outlet.
bool TakeSubject(Exchange& exchange, v1::PerformanceSubject& subject) {
  if (exchange.request.path.starts_with("/v1/regions/")) {
    subject.set_region(exchange.places.front());
    return true;
  }
  if (!TakeCooperative(exchange, subject)) return false;
  if (exchange.places.size() == 1) return true;
  const std::string& text = exchange.places.back();
  std::uint64_t outlet = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), outlet);
  if (error != std::errc{} || end != text.data() + text.size()) {
    exchange.Answer(HttpProblem(404));
    return false;
  }
  subject.set_outlet(outlet);
  return true;
}

// `day`, or `from` and perhaps `to`.
template <typename Request>
bool TakeDays(Exchange& exchange, Request& request) {
  const bool one = exchange.request.has_param("day");
  if (one && (exchange.request.has_param("from") || exchange.request.has_param("to"))) {
    exchange.Answer(ParameterProblem("day", "goes without from and to"));
    return false;
  }
  const auto from = exchange.Number(one ? "day" : "from", 1, kLastDate, std::nullopt);
  const auto to = from ? exchange.Number("to", 1, kLastDate, *from) : std::nullopt;
  if (!to) return false;
  if (one && !IsDate(static_cast<Date>(*from))) {
    exchange.Answer(ParameterProblem("day", "wants a day as YYYYMMDD"));
    return false;
  }
  request.set_from_date(static_cast<Date>(*from));
  request.set_to_date(static_cast<Date>(*to));
  return true;
}

template <typename Request>
bool TakeDay(Exchange& exchange, Request& request) {
  const auto day = exchange.Number("day", 1, kLastDate, std::nullopt);
  if (!day) return false;
  request.set_day(static_cast<std::int32_t>(*day));
  return true;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// By its name in small letters.
template <typename Request>
bool TakeMeasure(Exchange& exchange, Request& request) {
  const std::string text = exchange.request.get_param_value("measure");
  const google::protobuf::EnumDescriptor& measures = *v1::Measure_descriptor();
  std::string all;
  for (int i = 1; i < measures.value_count(); ++i) {
    const std::string name = Lower(measures.value(i)->name());
    if (text == name) {
      request.set_measure(static_cast<v1::Measure>(measures.value(i)->number()));
      return true;
    }
    all += (i == 1 ? "" : ", ") + name;
  }
  exchange.Answer(ParameterProblem("measure", "wants one of " + all));
  return false;
}

bool TakeList(Exchange& exchange, v1::ListPerformanceRequest& request) {
  request.set_region(exchange.places.front());
  if (!TakeMeasure(exchange, request) || !TakeDays(exchange, request)) return false;
  const std::string order = exchange.request.get_param_value("order");
  if (order == "largest") {
    request.set_order(v1::ListPerformanceRequest::LARGEST_FIRST);
  } else if (order == "smallest") {
    request.set_order(v1::ListPerformanceRequest::SMALLEST_FIRST);
  } else if (!order.empty() && order != "code") {
    exchange.Answer(ParameterProblem("order", "wants code, largest or smallest"));
    return false;
  }
  const auto limit = exchange.Number("limit", 1, kMostInList, 100);
  if (!limit) return false;
  request.set_limit(static_cast<std::uint32_t>(*limit));
  return true;
}

}  // namespace

void HttpApi::GetPerformance(Exchange& exchange) {
  v1::GetPerformanceRequest request;
  if (TakeSubject(exchange, *request.mutable_subject()) && TakeDays(exchange, request) &&
      TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetPerformance);
  }
}

void HttpApi::GetHours(Exchange& exchange) {
  v1::GetHoursRequest request;
  if (TakeSubject(exchange, *request.mutable_subject()) && TakeDay(exchange, request) &&
      TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetHours);
  }
}

void HttpApi::ComparePerformance(Exchange& exchange) {
  v1::ComparePerformanceRequest request;
  if (!TakeSubject(exchange, *request.mutable_subject()) || !TakeMeasure(exchange, request) ||
      !TakeDay(exchange, request) || !TakeSequence(exchange, request)) {
    return;
  }
  const auto weeks = exchange.Number("weeks", 1, kMostWeeks, 4);
  if (!weeks) return;
  request.set_weeks(static_cast<std::uint32_t>(*weeks));
  Ask(exchange, request, &ProjectionGateway::ComparePerformance);
}

void HttpApi::GetFreshness(Exchange& exchange) {
  v1::GetFreshnessRequest request;
  if (TakeSubject(exchange, *request.mutable_subject()) && TakeSequence(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::GetFreshness);
  }
}

void HttpApi::ListLoans(Exchange& exchange) {
  v1::ListLoansRequest request;
  const auto day = exchange.Number("day", 1, kLastDate, 0);
  if (!day || !TakeCooperative(exchange, request) || !TakeSequence(exchange, request)) return;
  request.set_day(static_cast<std::int32_t>(*day));
  Ask(exchange, request, &ProjectionGateway::ListLoans);
}

void HttpApi::ListChildren(Exchange& exchange) {
  v1::ListPerformanceRequest request;
  if (TakeList(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::ListPerformance);
  }
}

void HttpApi::ListCooperatives(Exchange& exchange) {
  v1::ListPerformanceRequest request;
  request.set_rows(v1::ListPerformanceRequest::COOPERATIVES);
  if (TakeList(exchange, request)) {
    Ask(exchange, request, &ProjectionGateway::ListPerformance);
  }
}

}  // namespace lumbung
