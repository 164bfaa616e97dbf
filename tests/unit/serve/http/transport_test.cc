#include "engine/serve/http/transport.h"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/serve/http/raw_client.h"

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr milliseconds kLong{20'000};

std::string PostOf(std::string_view body, std::string_view fields = "") {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Says what it was sent.
class TransportTest : public ::testing::Test {
 protected:
  void Start() {
    auto started = Transport::Start(
        options_,
        [this](const httplib::Request& request, httplib::Response& response) {
          if (handler_) handler_(request, response);
          if (response.status == -1) {
            response.status = 200;
            response.set_content(request.method + " " + request.path + " " + request.body, "a/b");
          }
        },
        [](int status, httplib::Response& response) {
          response.set_content("refused " + std::to_string(status), "a/b");
        });
    ASSERT_TRUE(started.ok()) << started.status().message();
    transport_ = std::move(*started);
  }

  TransportTest() { options_.threads = 4; }

  TransportOptions options_;
  HttpHandler handler_;
  std::unique_ptr<Transport> transport_;
};

TEST_F(TransportTest, AnswersOneAfterTheOtherOnAConnection) {
  Start();
  RawClient client(transport_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(PostOf("body " + std::to_string(i))));
    EXPECT_THAT(client.ReadResponse(), EndsWith("POST /a body " + std::to_string(i)));
  }
  EXPECT_EQ(transport_->Stats().accepted, 1u);
}

TEST_F(TransportTest, TakesRequestsThatCameTogetherOrInPieces) {
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send(PostOf("one") + PostOf("two")));
  EXPECT_THAT(client.ReadResponse(), EndsWith("POST /a one"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("POST /a two"));
  for (const char c : PostOf("three")) ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_THAT(client.ReadResponse(), EndsWith("POST /a three"));
}

TEST_F(TransportTest, ALargeBodyComesWhole) {
  Start();
  RawClient client(transport_->port());
  const std::string body(3'000'000, 'b');
  std::thread sender([&] { EXPECT_TRUE(client.Send(PostOf(body))); });
  EXPECT_TRUE(client.ReadResponse().ends_with("POST /a " + body));
  sender.join();
}

TEST_F(TransportTest, ClosesWhenAsked) {
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n"));
  const auto all = client.ReadToEnd(kLong);
  ASSERT_TRUE(all.has_value());
  EXPECT_THAT(*all, HasSubstr("Connection: close"));
  RawClient old(transport_->port());
  ASSERT_TRUE(old.Send("GET /a HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(old.ReadToEnd(kLong).has_value());
}

TEST_F(TransportTest, SaysContinueOnceToWhoWaitsForIt) {
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("body"));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response, EndsWith("POST /a body"));
}

TEST_F(TransportTest, RefusesWhatIsTooLargeOrUnclear) {
  options_.limits = {.max_header_bytes = 1'000, .max_body_bytes = 100};
  Start();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {PostOf(std::string(101, 'x')), "413"},
      {"GET / HTTP/1.1\r\nA: " + std::string(2'000, 'x') + "\r\n\r\n", "431"},
      {"GET / HTTP/1.1\r\n" + std::string(2'000, 'x'), "431"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "411"},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nFolded: a\r\n b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nSpace : a\r\n\r\n", "400"},
  };
  for (const auto& [request, status] : cases) {
    RawClient client(transport_->port());
    client.Send(request);
    const auto all = client.ReadToEnd(kLong);
    ASSERT_TRUE(all.has_value()) << request;
    EXPECT_THAT(*all, StartsWith("HTTP/1.1 " + status)) << request;
    EXPECT_THAT(*all, EndsWith("refused " + status)) << request;
  }
}

TEST_F(TransportTest, PassesNoCompressionAndNoRanges) {
  handler_ = [](const httplib::Request&, httplib::Response& response) {
    response.status = 200;
    response.set_content(std::string(2'000, 'a'), "application/json");
  };
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(
      client.Send("GET / HTTP/1.1\r\nAccept-Encoding: gzip, br\r\nRange: bytes=1-2\r\n\r\n"));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(response, EndsWith(std::string(2'000, 'a')));
}

TEST_F(TransportTest, AnExceptionTellsNothing) {
  handler_ = [](const httplib::Request&, httplib::Response&) {
    throw std::runtime_error("a secret");
  };
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send(kGet));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(response, Not(HasSubstr("secret")));
}

TEST_F(TransportTest, WhoSendsSlowlyHoldsNobodyUpAndIsCutOff) {
  options_.threads = 1;
  options_.read_timeout = milliseconds(500);
  Start();
  RawClient silent(transport_->port());
  RawClient slow(transport_->port());
  ASSERT_TRUE(slow.Send("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n12"));
  RawClient quick(transport_->port());
  ASSERT_TRUE(quick.Send(kGet));
  EXPECT_THAT(quick.ReadResponse(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(slow.ReadToEnd(kLong), "");
  EXPECT_EQ(silent.ReadToEnd(kLong), "");
  EXPECT_EQ(transport_->Stats().timed_out, 2u);
}

TEST_F(TransportTest, WhoTakesNothingHoldsNobodyUpAndIsCutOff) {
  options_.threads = 1;
  options_.write_timeout = milliseconds(500);
  handler_ = [](const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/large") return;
    response.status = 200;
    response.set_content(std::string(30'000'000, 'a'), "a/b");
  };
  Start();
  RawClient greedy(transport_->port());
  ASSERT_TRUE(greedy.Send("GET /large HTTP/1.1\r\n\r\n"));
  RawClient quick(transport_->port());
  ASSERT_TRUE(quick.Send(kGet));
  EXPECT_THAT(quick.ReadResponse(), StartsWith("HTTP/1.1 200"));
  while (transport_->Stats().timed_out == 0) std::this_thread::yield();
  const auto all = greedy.ReadToEnd(kLong);
  ASSERT_TRUE(all.has_value());
  EXPECT_LT(all->size(), 30'000'000u);
}

TEST_F(TransportTest, ANewConnectionTakesThePlaceOfAnIdleOne) {
  options_.max_connections = 2;
  Start();
  RawClient first(transport_->port());
  ASSERT_TRUE(first.Send(kGet));
  EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200"));
  RawClient second(transport_->port());
  RawClient third(transport_->port());
  ASSERT_TRUE(third.Send(kGet));
  EXPECT_THAT(third.ReadResponse(), StartsWith("HTTP/1.1 200"));
  // Who has said nothing yet is nearer to its timeout than who is between requests.
  EXPECT_EQ(second.ReadToEnd(kLong), "");
  EXPECT_EQ(transport_->Stats().turned_away, 1u);
  ASSERT_TRUE(first.Send(kGet));
  EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200"));
}

TEST_F(TransportTest, BodiesThatWaitShareABudget) {
  options_.max_buffered_bytes = 100'000;
  Start();
  RawClient waiting(transport_->port());
  ASSERT_TRUE(waiting.Send("POST /a HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" +
                           std::string(90'000, 'x')));
  RawClient other(transport_->port());
  std::string all;
  // Until what the first one has sent is there.
  while (all.find("503") == std::string::npos) {
    RawClient again(transport_->port());
    again.Send(PostOf(std::string(90'000, 'x')));
    all = again.ReadToEnd(milliseconds(50)).value_or("");
  }
  ASSERT_TRUE(other.Send(PostOf("small")));
  EXPECT_THAT(other.ReadResponse(), EndsWith("POST /a small"));
}

TEST_F(TransportTest, DrainingAnswersWhatWasSentAndEndsWhatIsIdle) {
  std::promise<void> entered;
  std::promise<void> leave;
  handler_ = [&](const httplib::Request& request, httplib::Response&) {
    if (request.path != "/wait") return;
    entered.set_value();
    leave.get_future().wait();
  };
  Start();
  RawClient idle(transport_->port());
  ASSERT_TRUE(idle.Send(kGet));
  EXPECT_THAT(idle.ReadResponse(), StartsWith("HTTP/1.1 200"));
  RawClient busy(transport_->port());
  ASSERT_TRUE(busy.Send("GET /wait HTTP/1.1\r\n\r\n"));
  entered.get_future().wait();
  transport_->Drain();
  EXPECT_EQ(idle.ReadToEnd(kLong), "");
  EXPECT_FALSE(RawClient(transport_->port()).connected());
  leave.set_value();
  const auto all = busy.ReadToEnd(kLong);
  ASSERT_TRUE(all.has_value());
  EXPECT_THAT(*all, StartsWith("HTTP/1.1 200"));
  transport_->Stop(kLong);
  EXPECT_EQ(transport_->Stats().connections, 0u);
}

TEST_F(TransportTest, StoppingEndsAStreamThatGoesOnForEver) {
  handler_ = [](const httplib::Request&, httplib::Response& response) {
    response.status = 200;
    response.set_chunked_content_provider("a/b", [](std::size_t, httplib::DataSink& sink) {
      return sink.write("more", 4) && sink.is_writable();
    });
  };
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_THAT(client.ReadUntil("more"), StartsWith("HTTP/1.1 200"));
  std::thread reader([&] { EXPECT_TRUE(client.ReadToEnd(kLong).has_value()); });
  transport_->Stop(milliseconds(1'000));
  reader.join();
}

TEST_F(TransportTest, StoppingDoesNotWaitForWhoSaysNothing) {
  Start();
  RawClient client(transport_->port());
  ASSERT_TRUE(client.Send("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n12"));
  while (transport_->Stats().connections == 0) std::this_thread::yield();
  transport_->Stop(milliseconds(100));
  EXPECT_TRUE(client.ReadToEnd(kLong).has_value());
}

TEST_F(TransportTest, SaysWhereItCanNotListen) {
  Start();
  TransportOptions taken = options_;
  taken.port = transport_->port();
  const auto second = Transport::Start(taken, nullptr, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().message(), HasSubstr(std::to_string(taken.port)));
}

}  // namespace
}  // namespace lumbung
