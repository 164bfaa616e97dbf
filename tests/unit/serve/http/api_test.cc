#include "engine/serve/http/api.h"

#include <gmock/gmock.h>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"
#include "engine/serve/http/idempotency.h"
#include "tests/support/commands.h"
#include "tests/unit/serve/http/api_fixture.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ApiTest, PostsATransaction) {
  Start();
  const std::string body = SaleJson(RandomId(10)).dump();
  const Reply created = Post("/v1/transactions?balances=true", body);
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.header("Content-Type"), "application/json");
  const Json result = created.json();
  EXPECT_EQ(result["code"], "OK");
  EXPECT_EQ(result["replayed"], false);
  EXPECT_TRUE(result["sequence"].is_string());
  EXPECT_EQ(result["shard"], ShardOf(kTestCooperative, 2));
  EXPECT_EQ(result["balances"].size(), 2u);
  EXPECT_EQ(result["balances"][0]["balance"], "100");

  const Reply again = Post("/v1/transactions", body, {{"Prefer", "balances, wait=5"}});
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.json()["replayed"], true);
  EXPECT_EQ(again.json()["sequence"], result["sequence"]);
  EXPECT_EQ(again.json()["balances"].size(), 2u);

  const Reply conflict = Post("/v1/transactions", SaleJson(RandomId(10), "101").dump());
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.json()["code"], "ID_CONFLICT");
}

TEST_F(ApiTest, DryRunsRecordNothing) {
  Start();
  const Reply dry =
      Post("/v1/transactions?dry_run=true&balances=true", SaleJson(RandomId(10)).dump());
  ASSERT_EQ(dry.status, 200) << dry.body;
  EXPECT_EQ(dry.json()["sequence"], "0");
  EXPECT_EQ(dry.json()["balances"][0]["balance"], "100");
  EXPECT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
}

TEST_F(ApiTest, AnArrayHasAResultForEach) {
  Start();
  const Json body = {SaleJson(RandomId(10)), WithdrawalJson(RandomId(11)), SaleJson("not a uuid"),
                     SaleJson(RandomId(10))};
  const Reply reply = Post("/v1/transactions", body.dump());
  ASSERT_EQ(reply.status, 200) << reply.body;
  const Json results = reply.json()["results"];
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0]["status"], 201);
  EXPECT_EQ(results[0]["result"]["code"], "OK");
  EXPECT_EQ(results[1]["status"], 422);
  EXPECT_EQ(results[1]["problem"]["code"], "INSUFFICIENT_FUNDS");
  EXPECT_EQ(results[1]["problem"]["retryable"], false);
  EXPECT_TRUE(results[1]["problem"].contains("sequence"));
  EXPECT_EQ(results[2]["status"], 400);
  EXPECT_EQ(results[2]["problem"]["errors"][0]["pointer"], "/transactionId");
  EXPECT_EQ(results[3]["status"], 200);
  EXPECT_EQ(results[3]["result"]["replayed"], true);
}

TEST_F(ApiTest, RefusalsAreProblems) {
  Start();
  const Reply reply =
      Post("/v1/transactions", WithdrawalJson(RandomId(11)).dump(), {{"X-Request-Id", "till-7"}});
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  const Json problem = reply.json();
  EXPECT_EQ(problem["type"], "/problems/insufficient-funds");
  EXPECT_EQ(problem["status"], 422);
  EXPECT_EQ(problem["code"], "INSUFFICIENT_FUNDS");
  EXPECT_EQ(problem["instance"], "till-7");
  EXPECT_FALSE(problem["title"].get<std::string>().empty());
  EXPECT_EQ(problem["replayed"], false);
  // It stands in the log: the same again is the same refusal.
  const Reply again = Post("/v1/transactions", WithdrawalJson(RandomId(11)).dump());
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(again.json()["replayed"], true);
  EXPECT_EQ(again.json()["sequence"], problem["sequence"]);
}

TEST_F(ApiTest, FaultsOfTheBodyHaveAPointer) {
  Start();
  Json sale = SaleJson(RandomId(10));
  sale["entries"][1]["amt"] = 1;
  const Reply one = Post("/v1/transactions", sale.dump());
  EXPECT_EQ(one.status, 400);
  EXPECT_EQ(one.json()["code"], "MALFORMED");
  EXPECT_EQ(one.json()["errors"][0]["pointer"], "/entries/1/amt");
  const Reply many = Post("/v1/transactions", Json{SaleJson(RandomId(10)), sale}.dump());
  EXPECT_EQ(many.json()["errors"][0]["pointer"], "/1/entries/1/amt");
  // An array is read whole before any of it is posted.
  EXPECT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);

  Json bent = SaleJson(RandomId(12));
  bent["entries"][0]["debit"] = 9007199254740993;
  EXPECT_EQ(Post("/v1/transactions", bent.dump()).json()["errors"][0]["pointer"],
            "/entries/0/debit");
  const Reply broken = Post("/v1/transactions", "{\"entries\":");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.json()["errors"][0]["pointer"], "");
  EXPECT_EQ(Post("/v1/transactions", "").status, 400);
  EXPECT_EQ(Post("/v1/transactions", "[]").status, 400);
}

TEST_F(ApiTest, WantsJson) {
  Start();
  const std::string body = SaleJson(RandomId(10)).dump();
  EXPECT_EQ(Post("/v1/transactions", body, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(Post("/v1/transactions", body, {{"Content-Encoding", "gzip"}}).status, 415);
  EXPECT_EQ(
      Post("/v1/transactions", body, {{"Content-Type", "application/json;charset=latin1"}}).status,
      415);
  EXPECT_EQ(
      Post("/v1/transactions", body, {{"Content-Type", "Application/JSON; charset=UTF-8"}}).status,
      201);
}

TEST_F(ApiTest, TakesCommandsOfAnyKind) {
  Start();
  const Json command = {
      {"commandId", RandomId(20)},
      {"changeAccountStatus",
       {{"account", {{"cooperative", "20417"}, {"code", 1101}}}, {"status", "FROZEN"}}}};
  const Reply reply = Post("/v1/commands", command.dump());
  EXPECT_EQ(reply.status, 201) << reply.body;
  const Json mixed = {command, {{"post", SaleJson(RandomId(10))}}};
  const Json results = Post("/v1/commands", mixed.dump()).json()["results"];
  EXPECT_EQ(results[0]["status"], 200);
  EXPECT_EQ(results[1]["problem"]["code"], "ACCOUNT_FROZEN");
}

TEST_F(ApiTest, AnIdempotencyKeyStandsInForTheId) {
  Start();
  const std::string body = SaleJson("").dump();
  const httplib::Headers key = {{"Idempotency-Key", "\"order-1001\""}};
  const Reply created = Post("/v1/transactions", body, key);
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(Post("/v1/transactions", body, {{"Idempotency-Key", "order-1001"}}).status, 200);
  EXPECT_EQ(Post("/v1/transactions", SaleJson("", "5").dump(), key).status, 409);
  const std::string id = *IdOfKey("all", "order-1001");
  EXPECT_EQ(Get("/v1/transactions/" + id + "?cooperative=20417").json()["result"]["sequence"],
            created.json()["sequence"]);

  const Reply both = Post("/v1/transactions", SaleJson(RandomId(10)).dump(), key);
  EXPECT_EQ(both.status, 400);
  EXPECT_EQ(both.json()["errors"][0]["parameter"], "Idempotency-Key");
  EXPECT_EQ(Post("/v1/transactions", Json{SaleJson("")}.dump(), key).status, 400);
  EXPECT_EQ(Post("/v1/transactions", body, {{"Idempotency-Key", ""}}).status, 400);
}

TEST_F(ApiTest, ReadsWhatWasPosted) {
  Start();
  const Json posted = Post("/v1/transactions", SaleJson(RandomId(10)).dump()).json();
  const Reply transaction = Get("/v1/transactions/" + RandomId(10) + "?cooperative=20417");
  ASSERT_EQ(transaction.status, 200) << transaction.body;
  EXPECT_EQ(transaction.json()["result"]["hash"], posted["hash"]);
  EXPECT_EQ(transaction.json()["event"]["transactionPosted"]["transaction"]["transactionId"],
            RandomId(10));
  std::string bytes;
  ASSERT_TRUE(FromBase64(transaction.json()["bytes"].get<std::string>(), bytes));
  EXPECT_EQ(ToBase64(AsView(Hasher().Leaf(bytes))), posted["hash"].get<std::string>());

  const Reply account = Get("/v1/accounts/20417:1101:0");
  ASSERT_EQ(account.status, 200) << account.body;
  EXPECT_EQ(account.json()["balance"]["balance"], "100");
  EXPECT_EQ(Get("/v1/accounts/20417:01101:0").status, 400);

  const Reply cooperative = Get("/v1/cooperatives/20417");
  ASSERT_EQ(cooperative.status, 200) << cooperative.body;
  EXPECT_EQ(cooperative.json()["versions"].size(), 1u);
  EXPECT_EQ(Get("/v1/cooperatives/020417").status, 404);

  const Reply first = Get("/v1/cooperatives/20417/accounts?page_size=1");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["accounts"].size(), 1u);
  const Reply second = Get("/v1/cooperatives/20417/accounts?page_size=1&cursor=" +
                           first.json()["nextCursor"].get<std::string>());
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.json()["accounts"][0]["balance"]["account"]["code"], 4101);

  const Reply ledger = Get("/v1/ledger");
  ASSERT_EQ(ledger.status, 200) << ledger.body;
  EXPECT_EQ(ledger.json()["shards"].size(), 2u);
  const Reply checkpoint = Get("/v1/checkpoint/1");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_THAT(checkpoint.body, StartsWith("barn.example/1\n"));
  EXPECT_THAT(checkpoint.header("Content-Type"), StartsWith("text/plain"));
  EXPECT_EQ(Get("/v1/checkpoint/2").status, 404);
}

TEST_F(ApiTest, RefusesParametersThatItDoesNotKnow) {
  Start();
  const Reply typo = Get("/v1/cooperatives/20417/accounts?pagesize=1");
  EXPECT_EQ(typo.status, 400);
  EXPECT_EQ(typo.json()["errors"][0]["parameter"], "pagesize");
  EXPECT_EQ(Get("/v1/cooperatives/20417/accounts?page_size=0").status, 400);
  EXPECT_EQ(Get("/v1/cooperatives/20417/accounts?page_size=1&page_size=2").status, 400);
  EXPECT_EQ(Post("/v1/transactions?dry_run=yes", SaleJson(RandomId(10)).dump()).status, 400);
  EXPECT_EQ(Get("/v1/transactions/" + RandomId(10)).status, 400);
}

TEST_F(ApiTest, KnowsItsPathsAndMethods) {
  Start();
  EXPECT_EQ(Get("/v1/nothing").status, 404);
  EXPECT_EQ(Get("/v1/transactions/").status, 404);
  EXPECT_EQ(Get("/v1/ledger/").status, 404);
  const Reply wrong = Get("/v1/transactions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "POST");
  EXPECT_EQ(Post("/healthz", "{}").header("Allow"), "GET, HEAD");
  const auto client = Connect();
  EXPECT_EQ(client->Head("/v1/ledger")->status, 200);
  EXPECT_EQ(client->Delete("/v1/ledger")->status, 405);
}

TEST_F(ApiTest, KnowsWhoMayDoWhat) {
  Start();
  const Reply nobody = Get("/v1/ledger", {{"Authorization", "Bearer wrong"}});
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(nobody.json()["code"], "UNAUTHENTICATED");
  EXPECT_EQ(Get("/v1/ledger", {{"Authorization", "Basic all"}}).status, 401);
  EXPECT_EQ(Get("/v1/accounts/20417:1101:0", {{"Authorization", "bearer reader"}}).status, 200);
  const httplib::Headers reader = {{"Authorization", "Bearer reader"}};
  const Reply denied = Post("/v1/transactions", SaleJson(RandomId(10)).dump(), reader);
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.json()["code"], "DENIED");
  EXPECT_EQ(Get("/v1/events", reader).status, 403);
  EXPECT_EQ(Get("/v1/events", {{"Authorization", "Bearer reader"}, {"Accept", "text/event-stream"}})
                .status,
            403);
  EXPECT_EQ(Get("/v1/checkpoint/0", reader).status, 403);
  // What is not there looks as what may not be seen.
  const httplib::Headers other = {{"Authorization", "Bearer other"}};
  EXPECT_EQ(Get("/v1/cooperatives/20417", other).status,
            Get("/v1/cooperatives/99999", other).status);
  for (const char* open : {"/healthz", "/readyz", "/openapi.json"}) {
    EXPECT_EQ(Get(open, {{"Authorization", ""}}).status, 200) << open;
  }
}

TEST_F(ApiTest, GivesMetricsWhereThereAreSome) {
  api_.metrics = [] { return std::string("lumbung_up 1\n"); };
  Start();
  const Reply reply = Get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "lumbung_up 1\n");
  EXPECT_EQ(reply.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(Get("/metrics", {{"Authorization", ""}}).status, 401);
}

TEST_F(ApiTest, AnIdGoesThroughEverything) {
  Start();
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const Reply reply = Get("/v1/nothing", {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
  EXPECT_EQ(reply.header("X-Request-Id"), trace);
  EXPECT_THAT(reply.header("traceparent"), StartsWith("00-" + trace + "-"));
  EXPECT_EQ(reply.json()["instance"], trace);
  EXPECT_EQ(Get("/v1/ledger", {{"X-Request-Id", "mine"}}).header("X-Request-Id"), "mine");
  const std::lock_guard lock(mutex_);
  EXPECT_THAT(observed_,
              ElementsAre("GET  404 NOT_FOUND  " + trace, "GET /v1/ledger 200 OK all mine"));
}

TEST_F(ApiTest, ADeadlineThatIsOverDecidesNothing) {
  Start();
  const Reply late =
      Post("/v1/transactions", SaleJson(RandomId(10)).dump(), {{"Prefer", "wait=0"}});
  EXPECT_EQ(late.status, 504) << late.body;
  EXPECT_EQ(late.json()["code"], "EXPIRED");
  EXPECT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
}

TEST_F(ApiTest, DrainingRefusesWhatIsNew) {
  Start();
  EXPECT_EQ(Get("/readyz").json()["status"], "ready");
  gateway_->Drain();
  const Reply refused = Post("/v1/transactions", SaleJson(RandomId(10)).dump());
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.json()["retryable"], true);
  EXPECT_FALSE(refused.header("Retry-After").empty());
  const Reply ready = Get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_FALSE(ready.json()["detail"].get<std::string>().empty());
  EXPECT_EQ(Get("/healthz").status, 200);
}

TEST_F(ApiTest, TooManyAreTold) {
  transport_.limits.max_body_bytes = 1'000;
  Start();
  const Reply large = Post("/v1/transactions", std::string(1'001, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.json()["code"], "TOO_LARGE");
  EXPECT_EQ(large.header("Content-Type"), "application/problem+json");
}

}  // namespace
}  // namespace lumbung
