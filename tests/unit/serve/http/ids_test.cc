// Ids that come in headers: of requests and of commands.
#include "engine/domain/ids.h"

#include <gtest/gtest.h>

#include "engine/serve/http/idempotency.h"
#include "engine/serve/trace_context.h"

namespace lumbung {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceContextTest, GoesOnWithTheCallersTrace) {
  const TraceContext context = ContextOf("00-" + std::string(kTrace) + "-00f067aa0ba902b7-01");
  EXPECT_EQ(context.request_id, kTrace);
  EXPECT_EQ(context.traceparent.substr(0, 36), "00-" + std::string(kTrace) + "-");
  EXPECT_NE(context.traceparent.substr(36, 16), "00f067aa0ba902b7");
  EXPECT_EQ(context.traceparent.substr(52), "-01");
  // A version to come may have more.
  EXPECT_EQ(ContextOf("01-" + std::string(kTrace) + "-00f067aa0ba902b7-01-x").request_id, kTrace);
}

TEST(TraceContextTest, MakesUpWhatIsMissingOrMalformed) {
  const std::string id(kTrace);
  for (const std::string& wrong :
       {std::string(), "00-" + id, "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + id + "-0000000000000000-01", "ff-" + id + "-00f067aa0ba902b7-01",
        "00-" + id + "-00f067aa0ba902b7-01-x", "00-" + id + "-00F067AA0BA902B7-01",
        "00-" + id + "_00f067aa0ba902b7-01"}) {
    const TraceContext context = ContextOf(wrong);
    EXPECT_EQ(context.request_id.size(), 32u) << wrong;
    EXPECT_NE(context.request_id, id) << wrong;
    EXPECT_EQ(ContextOf(context.traceparent).request_id, context.request_id);
  }
  EXPECT_NE(ContextOf("").request_id, ContextOf("").request_id);
}

TEST(TraceContextTest, TakesAnOwnIdThatIsHarmless) {
  EXPECT_EQ(ContextOf("", "till-7_A.b").request_id, "till-7_A.b");
  EXPECT_EQ(ContextOf("", std::string(64, 'a')).request_id, std::string(64, 'a'));
  EXPECT_EQ(ContextOf("", std::string(65, 'a')).request_id.size(), 32u);
  EXPECT_EQ(ContextOf("", "a b").request_id.size(), 32u);
  EXPECT_EQ(ContextOf("", "a\r\nb").request_id.size(), 32u);
}

TEST(IdempotencyTest, TheIdFollowsFromPrincipalAndKey) {
  // As in schemas/FORMAT.md, for ever.
  EXPECT_EQ(IdOfKey("shop-app", "order-1001"), "45c167bf-b789-58e9-a197-7d519b1da104");
  EXPECT_EQ(IdOfKey("shop-app", "\"order-1001\""), IdOfKey("shop-app", "order-1001"));
  EXPECT_NE(IdOfKey("other", "order-1001"), IdOfKey("shop-app", "order-1001"));
  EXPECT_NE(IdOfKey("a", "bc"), IdOfKey("ab", "c"));
  EXPECT_TRUE(IdOfKey("a", std::string(255, 'k')).has_value());
  EXPECT_FALSE(IdOfKey("a", std::string(256, 'k')).has_value());
  EXPECT_FALSE(IdOfKey("a", "").has_value());
  EXPECT_FALSE(IdOfKey("a", "\"\"").has_value());
  EXPECT_FALSE(IdOfKey("a", "k\xC3\xA9").has_value());
}

TEST(IdempotencyTest, TheIdGoesWhereTheCommandHasIts) {
  v1::Command post;
  post.mutable_post();
  v1::Command hold;
  hold.mutable_hold();
  v1::Command capture;
  capture.mutable_capture();
  v1::Command release;
  release.mutable_release();
  for (v1::Command* command : {&post, &hold, &capture, &release}) {
    EXPECT_TRUE(SetId("x", *command));
    EXPECT_EQ(IdOf(*command), "x");
    EXPECT_FALSE(SetId("y", *command));
    EXPECT_EQ(IdOf(*command), "x");
  }
}

}  // namespace
}  // namespace lumbung
