// Events as pages and as a stream.
#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"
#include "tests/support/commands.h"
#include "tests/unit/serve/http/api_fixture.h"
#include "tests/unit/serve/http/raw_client.h"

namespace lumbung {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::chrono::milliseconds kLong{20'000};

class EventsTest : public ApiTest {
 protected:
  std::string StreamRequest(const std::string& query, const std::string& fields = "") {
    return "GET /v1/events?shard=" + std::to_string(shard_) + query +
           " HTTP/1.1\r\nAuthorization: Bearer all\r\nAccept: text/event-stream\r\n" + fields +
           "\r\n";
  }
  std::string Page(const std::string& query) {
    return "/v1/events?shard=" + std::to_string(shard_) + query;
  }

  const std::uint32_t shard_ = ShardOf(kTestCooperative, 2);
};

TEST_F(EventsTest, PagesChain) {
  Start();
  ASSERT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
  const Json page = Get(Page("&limit=2")).json();
  ASSERT_EQ(page["events"].size(), 2u);
  EXPECT_EQ(page["next"], "3");
  EXPECT_EQ(page["head"], "4");
  const Json rest = Get(Page("&from=3")).json();
  ASSERT_EQ(rest["events"].size(), 2u);
  EXPECT_EQ(rest["events"][0]["event"]["previousHash"], page["events"][1]["hash"]);
  std::string bytes;
  ASSERT_TRUE(FromBase64(rest["events"][1]["bytes"].get<std::string>(), bytes));
  EXPECT_EQ(ToBase64(AsView(Hasher().Leaf(bytes))), rest["events"][1]["hash"].get<std::string>());
  const Json beyond = Get(Page("&from=100")).json();
  EXPECT_TRUE(beyond["events"].empty());
  EXPECT_EQ(beyond["next"], "100");
  EXPECT_EQ(Get("/v1/events?from=0").status, 400);
  EXPECT_EQ(Get("/v1/events?limit=1001").status, 400);
}

TEST_F(EventsTest, AStreamGoesOnAsEventsCome) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(StreamRequest("&from=3")));
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(client.ReadUntil("cooperativeRegistered"), HasSubstr("id: 3\ndata: {"));
  ASSERT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
  EXPECT_THAT(client.ReadUntil(RandomId(10)), HasSubstr("id: 4\ndata: {\"sequence\":\"4\""));
  ASSERT_EQ(Post("/v1/transactions", SaleJson(RandomId(11)).dump()).status, 201);
  EXPECT_THAT(client.ReadUntil(RandomId(11)), HasSubstr("id: 5\n"));
}

TEST_F(EventsTest, AStreamIsTakenUpAfterTheLastEvent) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(StreamRequest("&from=1", "Last-Event-ID: 2\r\n")));
  EXPECT_THAT(client.ReadUntil("data: "), Not(HasSubstr("id: 2\n")));
  RawClient wrong(server_->port());
  ASSERT_TRUE(wrong.Send(StreamRequest("", "Last-Event-ID: x\r\n")));
  EXPECT_THAT(wrong.ReadResponse(), StartsWith("HTTP/1.1 400"));
}

TEST_F(EventsTest, AStreamShowsThatItLivesAndEndsOnDrain) {
  api_.keep_alive = std::chrono::milliseconds(20);
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(StreamRequest("&from=4")));
  EXPECT_THAT(client.ReadUntil(": keep-alive\n\n"), HasSubstr("retry: 1000"));
  EXPECT_THAT(client.ReadUntil(": keep-alive\n\n"), HasSubstr(": keep-alive"));
  server_->Drain();
  const auto rest = client.ReadToEnd(kLong);
  ASSERT_TRUE(rest.has_value());
  EXPECT_TRUE(rest->ends_with("0\r\n\r\n")) << *rest;
}

TEST_F(EventsTest, AStreamThatSleepsEndsOnDrainToo) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(StreamRequest("&from=4")));
  client.ReadUntil("retry: 1000");
  server_->Stop(kLong);
  EXPECT_TRUE(client.ReadToEnd(kLong).has_value());
}

TEST_F(EventsTest, StreamsAreBounded) {
  api_.max_streams = 1;
  api_.keep_alive = std::chrono::milliseconds(20);
  Start();
  auto first = std::make_unique<RawClient>(server_->port());
  ASSERT_TRUE(first->Send(StreamRequest("&from=4")));
  first->ReadUntil("retry");
  RawClient second(server_->port());
  ASSERT_TRUE(second.Send(StreamRequest("&from=4")));
  EXPECT_THAT(second.ReadResponse(), StartsWith("HTTP/1.1 503"));
  first.reset();
  // As soon as the server has seen that the first one is gone.
  std::string head;
  while (!head.starts_with("HTTP/1.1 200")) {
    RawClient third(server_->port());
    ASSERT_TRUE(third.Send(StreamRequest("&from=4")));
    head = third.ReadUntil("\r\n\r\n");
  }
}

}  // namespace
}  // namespace lumbung
