#include "engine/exporters/proto.h"

#include <sstream>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

TEST(ProtoExportTest, FramesWithABigEndianLength) {
  std::string out;
  AppendEntry("abc", out);
  AppendEntry("", out);
  EXPECT_EQ(out, std::string("\0\3abc\0\0", 7));
}

TEST(ProtoExportTest, ReadsWhatItWrote) {
  const std::vector<std::string> entries = {"a", "", std::string(kMaxEntryBytes, 'x'), "b"};
  std::string out;
  for (const std::string& entry : entries) AppendEntry(entry, out);

  std::istringstream in(out);
  EntryReader reader(in);
  std::string bytes;
  for (const std::string& entry : entries) {
    const auto more = reader.Next(bytes);
    ASSERT_TRUE(more.ok() && *more);
    EXPECT_EQ(bytes, entry);
  }
  const auto end = reader.Next(bytes);
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(*end);
  EXPECT_EQ(reader.count(), entries.size());
}

TEST(ProtoExportTest, SaysWhereItIsCut) {
  std::string out;
  AppendEntry("first", out);
  const std::size_t whole = out.size();
  AppendEntry("second", out);
  for (std::size_t size = whole + 1; size < out.size(); ++size) {
    std::istringstream in(out.substr(0, size));
    EntryReader reader(in);
    std::string bytes;
    ASSERT_TRUE(*reader.Next(bytes));
    const auto cut = reader.Next(bytes);
    ASSERT_FALSE(cut.ok()) << size;
    EXPECT_EQ(cut.status().kind(), Status::Kind::kCorruption);
    EXPECT_EQ(cut.status().message(), "the export ends within entry 2");
  }
}

}  // namespace
}  // namespace lumbung
