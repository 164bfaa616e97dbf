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
        Case{"/v1/findings?rule=nonsense", "rule"},
        Case{"/v1/findings?severity=bad", "severity"},
        Case{"/v1/findings?cooperative=x", "cooperative"},
        Case{"/v1/findings?from=20260431", "from"},
        Case{"/v1/findings?from=20260502&to=20260501", "to"},
        Case{"/v1/findings?acknowledged=yes", "acknowledged"},
        Case{"/v1/findings?resolved=", "resolved"},
        Case{"/v1/findings?order=code", "order"},
        Case{"/v1/findings?page_size=1001", "page_size"},
        Case{"/v1/findings?cursor=x", "cursor"},
        Case{"/v1/findings?at_least_sequence=1", "at_least_sequence"},
        Case{"/v1/findings/x", "id"},
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
  EXPECT_EQ(status("/v1/findings?cooperative=20417&at_least_sequence=3", "reader"), 200);
  EXPECT_EQ(status("/v1/findings?cooperative=20417", "other"), 403);
  EXPECT_EQ(status("/v1/findings", "reader"), 403);
  EXPECT_EQ(status("/v1/findings?cooperative=0", "reader"), 403);
  EXPECT_EQ(status("/v1/findings/counts", "reader"), 403);
  EXPECT_EQ(status("/v1/accounts/20417:1101:0/entries", "west"), 200);
  EXPECT_EQ(status("/v1/regions/32.04.12/trial-balance", "west"), 200);
  EXPECT_EQ(status("/v1/regions/32.04/children?measure=turnover&day=20260501", "west"), 200);
  EXPECT_EQ(status("/v1/findings?region=32.04.12", "west"), 200);
  for (const char* denied :
       {"/v1/regions/ID/trial-balance", "/v1/regions/32/freshness", "/v1/findings",
        "/v1/findings?region=32", "/v1/findings/counts", "/v1/accounts/21:1101:0/entries",
        "/v1/events?from=1", "/v1/checkpoint/0"}) {
    EXPECT_EQ(status(denied, "west"), 403) << denied;
  }
  EXPECT_EQ(status("/v1/findings/counts", "all"), 200);
}

TEST_F(ProjectionsApiTest, FindingsAreListedByEveryParameter) {
  Start();
  for (int i = 10; i < 14; ++i) {
    Json sale = SaleJson(RandomId(static_cast<std::uint64_t>(i)));
    sale["reference"] = "till " + std::to_string(i / 2);
    ASSERT_EQ(Post("/v1/transactions", sale.dump()).status, 201);
  }
  const std::string own =
      "/v1/findings?cooperative=20417&rule=duplicate-reference&at_least_sequence=7";
  const auto ids = [&](const std::string& more) {
    const Reply reply = Get(own + more);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> listed;
    const Json body = reply.json();
    for (const Json& finding : body["findings"]) listed.push_back(finding["id"]);
    return listed;
  };
  const std::vector<std::string> all = ids("");
  ASSERT_EQ(all.size(), 2U);
  const std::vector<std::string> backward(all.rbegin(), all.rend());
  EXPECT_EQ(ids("&order=newest"), all);
  EXPECT_EQ(ids("&order=oldest"), backward);
  EXPECT_EQ(ids("&severity=warning&acknowledged=false&resolved=false&from=20200101"), all);
  for (const char* none :
       {"&severity=alarm", "&acknowledged=true", "&resolved=true", "&to=20200101"}) {
    EXPECT_EQ(ids(none).size(), 0U) << none;
  }
  const Json page = Get(own + "&page_size=1").json();
  EXPECT_EQ(page["findings"][0]["id"], all[0]);
  EXPECT_EQ(page["findings"][0]["severity"], "WARNING");
  EXPECT_EQ(page["asOf"].size(), 2U);
  const std::string cursor =
      httplib::detail::encode_query_param(page["nextCursor"].get<std::string>());
  EXPECT_EQ(ids("&cursor=" + cursor), std::vector<std::string>{all[1]});

  const Reply one =
      Get("/v1/findings/" + all[0] + "?cooperative=20417", {{"Authorization", "Bearer reader"}});
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(one.json()["finding"], page["findings"][0]);
  EXPECT_EQ(Get("/v1/findings/" + all[0] + "?cooperative=5").status, 404);
  EXPECT_EQ(Get("/v1/findings/" + RandomId(1)).status, 404);
}

}  // namespace
}  // namespace lumbung
