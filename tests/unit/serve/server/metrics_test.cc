// What /metrics says after requests, commands and blocks, and how the server is.
#include "engine/serve/server/metrics.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

RequestObservation GrpcCall(std::string_view method, std::string_view status,
                            std::chrono::nanoseconds took = milliseconds(3)) {
  return {.protocol = Protocol::kGrpc, .method = method, .status = status, .took = took};
}

Answer AnswerOf(v1::Code code, bool replayed = false) {
  Answer answer;
  answer.code = code;
  answer.replayed = replayed;
  return answer;
}

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text(const ServerState& state = {}) const { return metrics_.Text(state); }
  void NoteCommands(CommandsObservation observation) { metrics_.Note(observation); }

  Metrics metrics_;
  const Call call_;
};

TEST_F(MetricsTest, RequestsAreCountedByTransportMethodAndStatus) {
  metrics_.Note(GrpcCall("Post", "OK", milliseconds(3)));
  metrics_.Note(GrpcCall("Post", "OK", milliseconds(30)));
  metrics_.Note(GrpcCall("Post", "UNAVAILABLE", seconds(20)));
  metrics_.Note({.protocol = Protocol::kHttp, .method = "GET /v1/ledger", .status = "200"});
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("# TYPE lumbung_requests_total counter\n"));
  EXPECT_THAT(
      text,
      HasSubstr("lumbung_requests_total{code=\"OK\",method=\"Post\",transport=\"grpc\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("lumbung_requests_total{code=\"UNAVAILABLE\",method=\"Post\",transport="
                        "\"grpc\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_requests_total{code=\"200\",method=\"GET "
                              "/v1/ledger\",transport=\"http\"} 1\n"));
  // One histogram a method, whatever the status.
  const std::string histogram = "lumbung_request_duration_seconds";
  const std::string labels = "{method=\"Post\",transport=\"grpc\"";
  EXPECT_THAT(text, HasSubstr(histogram + "_count" + labels + "} 3\n"));
  EXPECT_THAT(text, HasSubstr(histogram + "_sum" + labels + "} 20.033"));
  EXPECT_THAT(text, HasSubstr(histogram + "_bucket" + labels + ",le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(histogram + "_bucket" + labels + ",le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(histogram + "_bucket" + labels + ",le=\"+Inf\"} 3\n"));
}

TEST_F(MetricsTest, AStreamHasNoDuration) {
  RequestObservation replay = GrpcCall("Replay", "OK", seconds(3'600));
  replay.stream = true;
  metrics_.Note(replay);
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("lumbung_requests_total{code=\"OK\",method=\"Replay\""));
  EXPECT_THAT(text, Not(HasSubstr("lumbung_request_duration_seconds")));
}

TEST_F(MetricsTest, DenialsAreCountedWhateverTheTransport) {
  EXPECT_THAT(Text(), HasSubstr("lumbung_denials_total{reason=\"policy\"} 0\n"));
  metrics_.Note(GrpcCall("Post", "PERMISSION_DENIED"));
  metrics_.Note({.protocol = Protocol::kHttp, .method = "other", .status = "403"});
  metrics_.Note({.protocol = Protocol::kHttp, .method = "other", .status = "401"});
  metrics_.Note({.protocol = Protocol::kHttp, .method = "other", .status = "404"});
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("lumbung_denials_total{reason=\"policy\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_denials_total{reason=\"credentials\"} 1\n"));
}

TEST_F(MetricsTest, ResultsAreCountedByCodeAndReplay) {
  const std::vector<Answer> answers = {AnswerOf(v1::OK), AnswerOf(v1::OK), AnswerOf(v1::OK, true),
                                       AnswerOf(v1::ID_CONFLICT), AnswerOf(v1::EXPIRED)};
  NoteCommands(
      {.call = call_, .commands = 5, .answers = answers, .waited = seconds(2), .took = seconds(3)});
  NoteCommands({.call = call_, .commands = 5, .dry_run = true, .answers = answers});
  const CallError overloaded{CallError::Kind::kOverloaded, v1::OVERLOADED, "", ""};
  NoteCommands({.call = call_, .commands = 7, .error = &overloaded});
  const CallError denied{CallError::Kind::kDenied, v1::OK, "", ""};
  NoteCommands({.call = call_, .commands = 9, .error = &denied});
  const std::string text = Text();
  const std::string name = "lumbung_command_results_total";
  EXPECT_THAT(text, HasSubstr(name + "{code=\"OK\",replayed=\"false\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(name + "{code=\"OK\",replayed=\"true\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{code=\"ID_CONFLICT\",replayed=\"false\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{code=\"EXPIRED\",replayed=\"false\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{code=\"OVERLOADED\",replayed=\"false\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_commands_duration_seconds_sum 3\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_stage_duration_seconds_sum{stage=\"admission\"} 2\n"));
}

TEST_F(MetricsTest, ABlockIsMeasuredByStage) {
  BlockTimes block;
  block.events = 100;
  block.queue = milliseconds(1'000);
  block.decide = milliseconds(2'000);
  block.wait = milliseconds(3'000);
  block.write = milliseconds(4'000);
  metrics_.Note(block);
  // Only answers: nothing was written.
  block.events = 0;
  metrics_.Note(block);
  const std::string text = Text();
  const std::string name = "lumbung_stage_duration_seconds";
  EXPECT_THAT(text, HasSubstr(name + "_sum{stage=\"queue\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(name + "_sum{stage=\"decide\"} 4\n"));
  EXPECT_THAT(text, HasSubstr(name + "_sum{stage=\"wait\"} 6\n"));
  EXPECT_THAT(text, HasSubstr(name + "_sum{stage=\"write\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_block_events_count 1\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_block_events_bucket{le=\"256\"} 1\n"));
}

TEST_F(MetricsTest, HowTheServerIsStandsBesideIt) {
  ServerState state;
  state.version = "1.2.3";
  state.ready = true;
  state.shards.resize(2);
  state.shards[1].head = 100;
  state.shards[1].derived_sequence = 60;
  state.shards[1].derived_at = std::chrono::steady_clock::now() - seconds(3'600);
  state.shards[1].account_bytes = 64;
  state.shards[1].clock_suspect = true;
  state.shards[1].log.fsync_nanos = 2'500'000'000;
  state.shards[1].log.fsyncs_by_time[3] = 5;
  state.shards[1].log.fsyncs_by_time[5] = 2;
  state.shards[1].log.fsyncs_by_time.back() = 1;
  state.load = {7, 800};
  state.certificate_not_after = 1'800'000'000;
  const std::string text = Text(state);
  EXPECT_THAT(text, HasSubstr("lumbung_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_ready 1\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_sequence{shard=\"0\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_sequence{shard=\"1\"} 100\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_derived_lag_events{shard=\"1\"} 40\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_derived_age_seconds{shard=\"1\"} 360"));
  EXPECT_THAT(text, HasSubstr("lumbung_memory_bytes{shard=\"1\",part=\"accounts\"} 64\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_clock_suspect{shard=\"0\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_clock_suspect{shard=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE lumbung_fsync_duration_seconds histogram\n"));
  const std::string fsync = "lumbung_fsync_duration_seconds";
  EXPECT_THAT(text, HasSubstr(fsync + "_count{shard=\"0\"} 0\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_sum{shard=\"1\"} 2.5\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_bucket{shard=\"1\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_bucket{shard=\"1\",le=\"0.001\"} 5\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_bucket{shard=\"1\",le=\"0.005\"} 7\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_bucket{shard=\"1\",le=\"10\"} 7\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_bucket{shard=\"1\",le=\"+Inf\"} 8\n"));
  EXPECT_THAT(text, HasSubstr(fsync + "_count{shard=\"1\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_waiting_commands 7\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_waiting_bytes 800\n"));
  EXPECT_THAT(text, HasSubstr("lumbung_certificate_expiry_timestamp_seconds 1800000000\n"));
  EXPECT_THAT(text, Not(HasSubstr("lumbung_http_connections")));
  EXPECT_GT(ResidentBytes(), std::uint64_t{1} << 20);
}

TEST(RequestObservationTest, WhoseFaultItIs) {
  const auto http = [](std::string_view status) {
    return OutcomeOf({.protocol = Protocol::kHttp, .method = "", .status = status});
  };
  EXPECT_EQ(OutcomeOf(GrpcCall("Post", "OK")), Outcome::kOk);
  EXPECT_EQ(OutcomeOf(GrpcCall("Post", "INVALID_ARGUMENT")), Outcome::kCallersFault);
  EXPECT_EQ(OutcomeOf(GrpcCall("Post", "RESOURCE_EXHAUSTED")), Outcome::kCallersFault);
  EXPECT_EQ(OutcomeOf(GrpcCall("Post", "UNAVAILABLE")), Outcome::kOurFault);
  EXPECT_EQ(OutcomeOf(GrpcCall("Post", "INTERNAL")), Outcome::kOurFault);
  EXPECT_EQ(http("200"), Outcome::kOk);
  EXPECT_EQ(http("409"), Outcome::kCallersFault);
  EXPECT_EQ(http("503"), Outcome::kOurFault);
}

}  // namespace
}  // namespace lumbung
