// Questions to projections over HTTP: what is wrong with one is said of its parameters.
#include <gtest/gtest.h>

#include "tests/support/commands.h"
#include "tests/unit/serve/http/api_fixture.h"

namespace lumbung {
namespace {

using ProjectionsApiTest = ApiTest;

TEST_F(ProjectionsApiTest, SayWhichParameterIsWrong) {
  Start();
  struct Case {
    const char* path;
    const char* parameter;
  };
  for (const Case& one :
       {Case{"/v1/accounts/20417:1101/entries", "account"},
        Case{"/v1/accounts/20417:1101:0/entries?order=oldest", "order"},
        Case{"/v1/accounts/20417:1101:0/entries?from=20260501", "from"},
        Case{"/v1/accounts/20417:1101:0/entries?page_size=1001", "page_size"},
        Case{"/v1/accounts/20417:1101:0/entries?cursor=x", "cursor"},
        Case{"/v1/accounts/20417:1101:0/entries?at_least_sequence=1000000", "at_least_sequence"},
        Case{"/v1/accounts/20417:1101:0/statement?from=20260431", "from"},
        Case{"/v1/accounts/20417:1101:0/statement?from=20260502&to=20260501", "to"},
        Case{"/v1/accounts/20417:1101:0/balance", "date"},
        Case{"/v1/accounts/20417:1101:0/balance?date=20260501&sequence=4", "date"},
        Case{"/v1/accounts/20417:1101:0/balance?date=20260532", "date"},
        Case{"/v1/cooperatives/20417/transactions", "reference"},
        Case{"/v1/regions/3204/trial-balance", "region"},
        Case{"/v1/regions/ID/trial-balance?code=1000000", "code"}}) {
    const Reply reply = Get(one.path);
    EXPECT_EQ(reply.status, 400) << one.path;
    EXPECT_EQ(reply.json()["code"], "MALFORMED") << one.path;
    EXPECT_EQ(reply.json()["errors"][0]["parameter"], one.parameter) << reply.body;
  }
}

TEST_F(ProjectionsApiTest, RegionsHaveSeveralNames) {
  Start();
  ASSERT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
  ASSERT_EQ(Get("/v1/cooperatives/20417/trial-balance?at_least_sequence=4").status, 200);
  for (const char* region : {"ID", "id", "32.04", "32.04.12"}) {
    const Reply reply = Get("/v1/regions/" + std::string(region) + "/trial-balance");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json()["lines"].size(), 2U) << region;
  }
  for (const char* region : {"unknown", "33"}) {
    EXPECT_EQ(Get("/v1/regions/" + std::string(region) + "/trial-balance").json()["lines"].size(),
              0U);
  }
}

TEST_F(ProjectionsApiTest, AreForWhoMayRead) {
  Start();
  const auto status = [&](const std::string& path, const std::string& token) {
    return Get(path, {{"Authorization", "Bearer " + token}}).status;
  };
  // The third event registers the cooperative.
  EXPECT_EQ(status("/v1/accounts/20417:1101:0/entries?at_least_sequence=3", "reader"), 200);
  EXPECT_EQ(status("/v1/accounts/20417:1101:0/entries", "other"), 403);
  EXPECT_EQ(status("/v1/accounts/20417:1101:0/entries", "nobody"), 401);
  EXPECT_EQ(status("/v1/regions/ID/trial-balance", "reader"), 403);
}

}  // namespace
}  // namespace lumbung
