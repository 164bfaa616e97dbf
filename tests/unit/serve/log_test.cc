// Lines of the log: parseable whatever is in them, and without what must not be there.
#include "engine/serve/log.h"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lumbung {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::int64_t kTime = 1'777'888'999'000'042;
const std::string kHostile = "a\"b\\c\nd\r\t\x01 = \x7F level=error \xFF\xC3(";

std::string Line(LogFormat format, std::string_view message, std::vector<LogField> fields) {
  return LogLine(format, kTime, LogLevel::kWarning, message, fields);
}

TEST(Log, AJsonLineIsOneObject) {
  const std::string line = Line(LogFormat::kJson, "denied",
                                {{"principal", std::string("tills")},
                                 {"count", 3},
                                 {"bytes", std::size_t{5}},
                                 {"seconds", 0.25},
                                 {"replayed", true},
                                 {"less", std::int64_t{-7}},
                                 {"literal", "text"}});
  EXPECT_EQ(line,
            R"({"time":"2026-05-04T10:03:19.000042Z","level":"warning","message":"denied",)"
            R"("principal":"tills","count":3,"bytes":5,"seconds":0.25,"replayed":true,"less":-7,)"
            R"("literal":"text"})");
}

TEST(Log, JsonSurvivesWhateverAValueIs) {
  const std::string line = Line(LogFormat::kJson, kHostile, {{"value", kHostile}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const json parsed = json::parse(line);
  EXPECT_EQ(parsed.size(), 4);
  EXPECT_THAT(parsed["value"].get<std::string>(),
              HasSubstr("a\"b\\c\nd\r\t\x01 = \x7F level=error "));
  EXPECT_EQ(parsed["message"], parsed["value"]);
  EXPECT_EQ(parsed["level"], "warning");
}

TEST(Log, AFieldCannotPassForTheLinesOwn) {
  const json parsed = json::parse(
      Line(LogFormat::kJson, "true", {{"level", "x"}, {"message", "y"}, {"time", "z"}}));
  EXPECT_EQ(parsed["level"], "warning");
  EXPECT_EQ(parsed["message"], "true");
  EXPECT_EQ(parsed["time"], "2026-05-04T10:03:19.000042Z");
}

TEST(Log, ATextLineQuotesWhatCouldBeMisread) {
  EXPECT_EQ(Line(LogFormat::kText, "denied",
                 {{"principal", "tills"}, {"count", 3}, {"why", "no way"}, {"none", ""}}),
            "2026-05-04T10:03:19.000042Z warning denied principal=tills count=3 why=\"no way\" "
            "none=\"\"");
  const std::string hostile = Line(LogFormat::kText, kHostile, {{"value", kHostile}});
  EXPECT_EQ(hostile.find('\n'), std::string::npos);
  EXPECT_EQ(hostile.find('\r'), std::string::npos);
  EXPECT_THAT(hostile, HasSubstr(R"( value="a\"b\\c\nd\r\t\u0001 = )"));
}

TEST(Log, ShowsNoSecrets) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    for (const char* name : {"token", "bearer_token", "authorization", "password", "client_secret",
                             "private_key", "cookie"}) {
      const std::string line = Line(format, "x", {{name, "hunter2"}});
      EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
      EXPECT_THAT(line, HasSubstr("not shown"));
    }
  }
}

TEST(Log, CutsWhatIsLong) {
  // A character of two bytes lies across the cut.
  const std::string body = std::string(511, 'x') + "\xC3\xA9" + std::string(100'000, 'x');
  const std::string line = Line(LogFormat::kJson, body, {{"value", body}});
  EXPECT_LT(line.size(), 1'300);
  EXPECT_THAT(json::parse(line)["value"].get<std::string>(), testing::EndsWith("..."));
}

TEST(Log, NamesAreReadAsTheyAreWritten) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    EXPECT_EQ(ParseLogLevel(LogLevelName(level)), level);
  }
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    EXPECT_EQ(ParseLogFormat(LogFormatName(format)), format);
  }
  EXPECT_EQ(ParseLogLevel("verbose"), std::nullopt);
  EXPECT_EQ(ParseLogFormat(""), std::nullopt);
}

TEST(Log, ThreadsWriteWholeLinesAndLevelsAreKept) {
  StartLog({LogFormat::kJson, LogLevel::kInfo});
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 100; ++i) {
        Log(LogLevel::kInfo, "said", {{"thread", thread}, {"i", i}});
        Log(LogLevel::kDebug, "left out");
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::istringstream lines(testing::internal::GetCapturedStderr());
  StartLog({});
  std::vector<int> next(4);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json parsed = json::parse(line);
    ASSERT_EQ(parsed["message"], "said");
    EXPECT_EQ(parsed["i"], next[parsed["thread"].get<std::size_t>()]++);
  }
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace lumbung
