#include "engine/serve/http/problem.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "engine/domain/codes.h"

namespace lumbung {
namespace {

constexpr std::string_view kMalformed = "MALFORMED";

struct HttpRow {
  int status;
  std::string_view code;
  std::string_view title;
  bool retryable;
};

// The codes that are of HTTP and not of the ledger; docs/HTTP.md has the same.
constexpr HttpRow kHttpRows[] = {
    {400, kMalformed, "The request is not as it should be.", false},
    {401, "UNAUTHENTICATED", "Who are you? Send a bearer token or use a client certificate.",
     false},
    {403, "DENIED", "The policy does not let you do this.", false},
    {404, "NOT_FOUND", "There is nothing here.", false},
    {405, "METHOD_NOT_ALLOWED", "This path does not take this method.", false},
    {411, "LENGTH_REQUIRED", "Send the body with a Content-Length.", false},
    {413, "TOO_LARGE", "The request is larger than the limit.", false},
    {414, "URI_TOO_LONG", "The path and query are longer than the limit.", false},
    {415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json, not compressed.", false},
    {429, "OVERLOADED", "More requests are waiting than the bound allows.", true},
    {431, "HEADERS_TOO_LARGE", "The header is larger than the limit.", false},
    {500, "INTERNAL", "Something is wrong here that should not be.", false},
    {503, "UNAVAILABLE", "Not now.", true},
    {504, "EXPIRED", "The deadline passed before the command was decided.", true},
};

std::string TypeOf(std::string_view code) {
  std::string type = "/problems/";
  for (const char c : code) {
    type.push_back(c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return type;
}

int StatusOf(CallError::Kind kind) {
  switch (kind) {
    case CallError::Kind::kInvalid:
      return 400;
    case CallError::Kind::kDenied:
      return 403;
    case CallError::Kind::kNotFound:
      return 404;
    case CallError::Kind::kTooLarge:
      return 413;
    case CallError::Kind::kOverloaded:
      return 429;
    case CallError::Kind::kUnavailable:
      return 503;
    case CallError::Kind::kExpired:
      return 504;
  }
  return 500;
}

// Length of "entries[0].code" at the start of "entries[0].code: wants ..."; 0 where there is none.
std::size_t PathLength(std::string_view detail) {
  const std::size_t end = detail.find(": ");
  const auto part_of_path = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' ||
           c == ']';
  };
  if (end == std::string_view::npos ||
      !std::all_of(detail.begin(), detail.begin() + end, part_of_path)) {
    return 0;
  }
  return end;
}

void TakeCode(v1::Code code, Problem& problem) {
  const CodeInfo& info = InfoOf(code);
  problem.code = v1::Code_Name(code);
  problem.title = info.meaning;
  problem.retryable = info.retryable;
}

}  // namespace

int Problem::retry_after() const {
  if (status == 429) return 1;
  return status == 503 ? 2 : 0;
}

Problem HttpProblem(int status, std::string detail) {
  const auto* row = std::find_if(std::begin(kHttpRows), std::end(kHttpRows),
                                 [&](const HttpRow& known) { return known.status == status; });
  Problem problem;
  problem.status = status;
  if (row != std::end(kHttpRows)) {
    problem.code = row->code;
    problem.title = row->title;
    problem.retryable = row->retryable;
  } else {
    problem.code = kMalformed;
    problem.title = kHttpRows[0].title;
  }
  problem.detail = std::move(detail);
  return problem;
}

Problem JsonProblem(const JsonFault& fault) {
  Problem problem = HttpProblem(400);
  problem.detail = fault.path.empty() ? fault.detail : fault.path + ": " + fault.detail;
  problem.errors.push_back({.detail = fault.detail, .pointer = fault.pointer});
  return problem;
}

Problem ParameterProblem(std::string_view name, std::string detail) {
  Problem problem = HttpProblem(400, std::string(name) + ": " + detail);
  problem.errors.push_back({.detail = std::move(detail), .parameter = std::string(name)});
  return problem;
}

std::string PointerOf(std::string_view path, bool is_array) {
  if (path.starts_with("commands[") || path.starts_with("transactions[")) {
    path.remove_prefix(path.find('['));
    if (!is_array) path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
  }
  std::string pointer;
  if (path == "commands" || path == "transactions") return pointer;
  bool capital = false;
  if (!path.empty() && path[0] != '[' && path[0] != '.') pointer = "/";
  for (const char c : path) {
    if (c == '.' || c == '[') {
      pointer.push_back('/');
    } else if (c == '_') {
      capital = true;
    } else if (c != ']') {
      pointer.push_back(capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                                : c);
      capital = false;
    }
  }
  return pointer;
}

Problem ProblemOf(const CallError& error, bool is_array) {
  Problem problem = HttpProblem(StatusOf(error.kind), error.detail);
  if (error.code != v1::OK) TakeCode(error.code, problem);
  if (!error.field.empty()) {
    problem.errors.push_back({.detail = error.detail, .pointer = PointerOf(error.field, is_array)});
  }
  return problem;
}

Problem ProblemOf(const v1::CommandResult& result, bool is_post) {
  Problem problem;
  TakeCode(result.code(), problem);
  problem.status = InfoOf(result.code()).http_status;
  problem.detail = result.detail();
  problem.sequence = result.sequence();
  problem.shard = result.shard();
  problem.replayed = result.replayed();
  // Only of a post does the path begin where the body does.
  const std::size_t path = PathLength(result.detail());
  if (is_post && path > 0) {
    problem.errors.push_back({.detail = result.detail().substr(path + 2),
                              .pointer = PointerOf(result.detail().substr(0, path), false)});
  }
  return problem;
}

std::string ProblemJson(const Problem& problem, std::string_view instance) {
  nlohmann::ordered_json json;
  json["type"] = TypeOf(problem.code);
  json["title"] = problem.title;
  json["status"] = problem.status;
  if (!problem.detail.empty()) json["detail"] = problem.detail;
  json["code"] = problem.code;
  json["retryable"] = problem.retryable;
  json["instance"] = std::string(instance);
  for (const Problem::Error& error : problem.errors) {
    nlohmann::ordered_json item{{"detail", error.detail}};
    if (error.pointer) item["pointer"] = *error.pointer;
    if (!error.parameter.empty()) item["parameter"] = error.parameter;
    json["errors"].push_back(std::move(item));
  }
  if (problem.sequence != 0) {
    json["sequence"] = std::to_string(problem.sequence);
    json["shard"] = problem.shard;
    json["replayed"] = problem.replayed;
  }
  if (problem.item) json["item"] = *problem.item;
  // What a client sent may stand in a detail, in whatever encoding.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lumbung
