#include "engine/serve/http/problem.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/domain/codes.h"

namespace lumbung {
namespace {

using Json = nlohmann::json;

TEST(ProblemTest, HasAllThatRfc9457Names) {
  Problem problem = ParameterProblem("limit", "wants a number");
  const Json json = Json::parse(ProblemJson(problem, "abc"));
  EXPECT_EQ(json["type"], "/problems/malformed");
  EXPECT_EQ(json["status"], 400);
  EXPECT_EQ(json["detail"], "limit: wants a number");
  EXPECT_EQ(json["code"], "MALFORMED");
  EXPECT_EQ(json["retryable"], false);
  EXPECT_EQ(json["instance"], "abc");
  EXPECT_EQ(json["errors"][0]["parameter"], "limit");
  EXPECT_FALSE(json.contains("sequence"));
}

TEST(ProblemTest, EveryCodeHasAProblem) {
  for (const CodeInfo& info : CodeTable()) {
    v1::CommandResult result;
    result.set_code(info.code);
    const Problem problem = ProblemOf(result, true);
    EXPECT_EQ(problem.status, info.http_status);
    EXPECT_EQ(problem.code, v1::Code_Name(info.code));
    EXPECT_EQ(problem.title, info.meaning);
    EXPECT_EQ(problem.retryable, info.retryable);
    EXPECT_EQ(problem.retry_after() > 0, info.http_status == 429 || info.http_status == 503);
  }
}

TEST(ProblemTest, WhatTheCallersWroteCanNotBreakIt) {
  Problem problem = HttpProblem(400, "bad \xFF\" text");
  EXPECT_FALSE(Json::parse(ProblemJson(problem, "x"))["detail"].get<std::string>().empty());
}

TEST(ProblemTest, PointersFollowPaths) {
  EXPECT_EQ(PointerOf("commands[3]", true), "/3");
  EXPECT_EQ(PointerOf("commands[0]", false), "");
  EXPECT_EQ(PointerOf("commands", true), "");
  EXPECT_EQ(PointerOf("commands[3].hold.expires_at", true), "/3/hold/expiresAt");
  EXPECT_EQ(PointerOf("commands[0].hold.expires_at", false), "/hold/expiresAt");
  EXPECT_EQ(PointerOf("entries[1].code", false), "/entries/1/code");
  EXPECT_EQ(PointerOf("", false), "");
}

TEST(ProblemTest, ADetailThatBeginsWithAPathGivesAPointer) {
  v1::CommandResult result;
  result.set_code(v1::MALFORMED);
  result.set_detail("entries[0].code: wants 1 to 999,999");
  const Problem post = ProblemOf(result, true);
  ASSERT_EQ(post.errors.size(), 1u);
  EXPECT_EQ(post.errors[0].pointer, "/entries/0/code");
  EXPECT_EQ(post.errors[0].detail, "wants 1 to 999,999");
  EXPECT_TRUE(ProblemOf(result, false).errors.empty());
  result.set_detail("The balance: too low");
  EXPECT_TRUE(ProblemOf(result, true).errors.empty());
}

// docs/HTTP.md has a row for each code of HTTP itself, and no other.
TEST(ProblemTest, TheDocumentHasTheTable) {
  std::ifstream file("docs/HTTP.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const int status : {400, 401, 403, 404, 405, 411, 413, 414, 415, 429, 431, 500, 503, 504}) {
    const Problem problem = HttpProblem(status);
    const std::string row = "| " + std::to_string(status) + " | `" + problem.code + "` | " +
                            (problem.retryable ? "yes" : "no") + " | " + problem.title + " |";
    EXPECT_NE(text.str().find(row), std::string::npos) << "missing: " << row;
  }
}

}  // namespace
}  // namespace lumbung
