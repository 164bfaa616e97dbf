// Problems as RFC 9457 says them: what a client gets instead of what it asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/importers/json_message.h"
#include "engine/serve/gateway.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

struct Problem {
  struct Error {
    std::string detail;
    // JSON pointer into the body that was sent; or the name of a parameter or header.
    std::optional<std::string> pointer = {};
    std::string parameter = {};
  };

  int status = 500;
  // Stable: a name of the ledger's codes (docs/ERRORS.md) or of those of HTTP (docs/HTTP.md). The
  // type is "/problems/" and the same in lower case with hyphens.
  std::string code = "INTERNAL";
  std::string title = {};
  std::string detail = {};
  bool retryable = false;
  std::vector<Error> errors = {};
  // Of a refusal that stands in the log.
  std::uint64_t sequence = 0;
  std::uint32_t shard = 0;
  bool replayed = false;
  // For a refused batch: which of its transactions.
  std::optional<std::uint32_t> item = {};

  // In seconds; 0: none.
  int retry_after() const;
};

// One of HTTP itself: status 400, 401, 403, 404, 405, 411, 413, 414, 415, 417, 431, 500, 503, 504.
Problem HttpProblem(int status, std::string detail = {});
// A body that could not be read.
Problem JsonProblem(const JsonFault& fault);
// A parameter of the path or query, or a header, that is wrong.
Problem ParameterProblem(std::string_view name, std::string detail);
// What the gateway said of a call; `is_array` says what the body is.
Problem ProblemOf(const CallError& error, bool is_array);
// A refused command. REQUIRES: result.code() is not OK
Problem ProblemOf(const v1::CommandResult& result, bool is_post);

// The pointer into the body of a path such as "commands[3].post.entries[0].code": an array's item
// 3, or the one object; a post's transaction stands without its command.
std::string PointerOf(std::string_view path, bool is_array);

// application/problem+json. `instance` is the request's id.
std::string ProblemJson(const Problem& problem, std::string_view instance);

}  // namespace lumbung
