#include "engine/app/line_reader.h"

#include <cstdlib>
#include <fstream>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

std::string WriteTemporary(const std::string& content) {
  std::string dir = ::testing::TempDir() + "lines-XXXXXX";
  EXPECT_NE(mkdtemp(dir.data()), nullptr);
  const std::string path = dir + "/lines";
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// Each line, with whether it was cut.
std::vector<std::pair<std::string, bool>> LinesOf(const std::string& content,
                                                  std::size_t longest = 1 << 20) {
  Result<LineReader> reader = LineReader::Open(WriteTemporary(content), longest);
  EXPECT_TRUE(reader.ok()) << reader.status().message();
  std::vector<std::pair<std::string, bool>> lines;
  std::string_view line;
  while (reader->Next(line)) {
    lines.emplace_back(line, reader->is_cut());
    EXPECT_EQ(reader->number(), lines.size());
  }
  EXPECT_TRUE(reader->status().ok());
  EXPECT_EQ(reader->position(), content.size());
  return lines;
}

using Lines = std::vector<std::pair<std::string, bool>>;

TEST(LineReader, HandsOutLines) {
  EXPECT_EQ(LinesOf(""), Lines{});
  EXPECT_EQ(LinesOf("a\nb\n"), (Lines{{"a", false}, {"b", false}}));
  EXPECT_EQ(LinesOf("a\n\nb"), (Lines{{"a", false}, {"", false}, {"b", false}}));
}

TEST(LineReader, CutsWhatIsTooLongAndGoesOnBehindIt) {
  EXPECT_EQ(LinesOf("abcd\nabcde\nx\n", 4), (Lines{{"abcd", false}, {"abcd", true}, {"x", false}}));
  EXPECT_EQ(LinesOf("abcdefgh", 4), (Lines{{"abcd", true}}));
}

TEST(LineReader, ReadsFilesLongerThanItsBuffer) {
  std::string content;
  for (int i = 0; i < 300'000; ++i) {
    content += "line " + std::to_string(i) + "\n";
  }
  const Lines lines = LinesOf(content);
  ASSERT_EQ(lines.size(), 300'000U);
  EXPECT_EQ(lines.back().first, "line 299999");
}

TEST(LineReader, NamesWhatIsNotThere) {
  EXPECT_EQ(LineReader::Open("/nowhere/lines", 10).status().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(LineReader::Open("/", 10).status().kind(), Status::Kind::kInvalidArgument);
}

}  // namespace
}  // namespace lumbung
