#include "engine/importers/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows ReadAll(std::string_view text) {
  CsvReader reader(text);
  Rows rows;
  std::vector<std::string> fields;
  while (true) {
    const auto more = reader.Next(fields);
    EXPECT_TRUE(more.ok()) << more.status().message();
    if (!more.ok() || !*more) return rows;
    rows.push_back(fields);
  }
}

std::string ErrorOf(std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  while (true) {
    const auto more = reader.Next(fields);
    if (!more.ok()) return more.status().message();
    if (!*more) return {};
  }
}

TEST(CsvTest, ReadsRowsWithEitherLineEnd) {
  EXPECT_EQ(ReadAll("a,b\nc,d\r\ne,f"), (Rows{{"a", "b"}, {"c", "d"}, {"e", "f"}}));
}

TEST(CsvTest, KeepsEmptyFieldsAndSkipsEmptyLines) {
  EXPECT_EQ(ReadAll(",\n\n\r\na,,b\n"), (Rows{{"", ""}, {"a", "", "b"}}));
}

TEST(CsvTest, ReadsQuotedFields) {
  EXPECT_EQ(ReadAll("\"a,\"\"b\"\"\",\"c\nd\"\n\"\",e"), (Rows{{"a,\"b\"", "c\nd"}, {"", "e"}}));
}

TEST(CsvTest, TakesQuotesWithinPlainFieldsAsTheyAre) {
  EXPECT_EQ(ReadAll("35.13.15.2017,Soka\"an\n"), (Rows{{"35.13.15.2017", "Soka\"an"}}));
}

TEST(CsvTest, KeepsLoneCarriageReturns) { EXPECT_EQ(ReadAll("a\rb,c\r"), (Rows{{"a\rb", "c\r"}})); }

TEST(CsvTest, SkipsByteOrderMark) { EXPECT_EQ(ReadAll("\xEF\xBB\xBFname\n"), (Rows{{"name"}})); }

TEST(CsvTest, NothingHasNoRows) {
  EXPECT_EQ(ReadAll(""), Rows{});
  EXPECT_EQ(ReadAll("\n\n"), Rows{});
}

TEST(CsvTest, CountsLinesAcrossQuotedOnes) {
  CsvReader reader("a\n\"b\n\nc\"\n\nd\n");
  std::vector<std::string> fields;
  std::vector<std::size_t> lines;
  while (*reader.Next(fields)) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<std::size_t>{1, 2, 6}));
}

TEST(CsvTest, NamesTheLineOfAFault) {
  EXPECT_EQ(ErrorOf("a\nb,\"c\nd"), "line 2: a quoted field never ends");
  EXPECT_EQ(ErrorOf("a\n\"b\"c\n"),
            "line 2: a comma or the line's end must follow a closing quote");
}

TEST(CsvTest, EndsAfterAFault) {
  CsvReader reader("\"a\"b\nc\n");
  std::vector<std::string> fields;
  EXPECT_FALSE(reader.Next(fields).ok());
  const auto more = reader.Next(fields);
  ASSERT_TRUE(more.ok());
  EXPECT_FALSE(*more);
}

}  // namespace
}  // namespace lumbung
