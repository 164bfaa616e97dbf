#include "engine/serve/http/framing.h"

#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr FramingLimits kLimits{.max_header_bytes = 200, .max_body_bytes = 100};

RequestHead HeadOf(std::string_view text) { return FindHead(text, 0, kLimits); }

TEST(FramingTest, FindsTheEndOfTheHead) {
  const std::string head = "POST / HTTP/1.1\r\ncontent-LENGTH:  5 \r\nExpect: 100-Continue\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(HeadOf(head.substr(0, size)).head_bytes, 0u) << size;
    EXPECT_EQ(FindHead(head, size, kLimits).head_bytes, head.size()) << size;
  }
  const RequestHead found = HeadOf(head + "bodymore");
  EXPECT_EQ(found.head_bytes, head.size());
  EXPECT_EQ(found.body_bytes, 5u);
  EXPECT_TRUE(found.expects_continue);
  EXPECT_EQ(found.refused, 0);
}

TEST(FramingTest, WithoutALengthThereIsNoBody) {
  const RequestHead found = HeadOf("GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(found.body_bytes, 0u);
  EXPECT_FALSE(found.expects_continue);
}

TEST(FramingTest, RefusesLengthsThatAreUnclearOrTooLarge) {
  const auto refused = [](const std::string& fields) {
    return HeadOf("POST / HTTP/1.1\r\n" + fields + "\r\n").refused;
  };
  EXPECT_EQ(refused("Content-Length: 100\r\n"), 0);
  EXPECT_EQ(refused("Content-Length: 101\r\n"), 413);
  EXPECT_EQ(refused("Content-Length: 99999999999999999999999\r\n"), 413);
  EXPECT_EQ(refused("Content-Length: 1x\r\n"), 400);
  EXPECT_EQ(refused("Content-Length: +1\r\n"), 400);
  EXPECT_EQ(refused("Content-Length:\r\n"), 400);
  EXPECT_EQ(refused("Content-Length: 1\r\nContent-Length: 1\r\n"), 400);
  EXPECT_EQ(refused("Content-Length: 1, 1\r\n"), 400);
  EXPECT_EQ(refused("Transfer-Encoding: chunked\r\n"), 411);
  EXPECT_EQ(refused("Content-Length : 1\r\n"), 400);
  EXPECT_EQ(refused("A: b\r\n folded\r\n"), 400);
  EXPECT_EQ(refused("no colon\r\n"), 400);
  EXPECT_EQ(refused(": no name\r\n"), 400);
}

TEST(FramingTest, BoundsTheHead) {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string fits = line + "A: " + std::string(200 - line.size() - 7, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), 200u);
  EXPECT_EQ(HeadOf(fits).head_bytes, 200u);
  EXPECT_EQ(HeadOf(line + "AB" + fits.substr(line.size() + 1)).refused, 431);
  EXPECT_EQ(HeadOf(std::string(200, 'x')).refused, 0);
  EXPECT_EQ(HeadOf(std::string(201, 'x')).refused, 431);
}

}  // namespace
}  // namespace lumbung
