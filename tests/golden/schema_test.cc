// Schemas only grow: what was once in a field stays in it for ever.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden/golden_files.h"
#include "tests/golden/golden_ledger.h"
#include "tests/golden/schema_list.h"

namespace lumbung {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Schemas, AreCompatible) {
  const Result<std::vector<std::string>> kept = ReadLines(kSchemaList);
  const Result<std::vector<std::string>> now = ListSchemas(kSchemas);
  ASSERT_TRUE(kept.ok()) << kept.status().message();
  ASSERT_TRUE(now.ok()) << now.status().message();
  const SchemaDifference difference = CompareSchemas(*kept, *now);
  EXPECT_THAT(difference.broken, IsEmpty());
  EXPECT_THAT(difference.added, IsEmpty())
      << "where these are meant, run golden_append (tests/golden/README.md)";
  EXPECT_THAT(*kept, Contains("Event.sequence = 1 uint64"));
}

constexpr const char* kSchema = R"(
  syntax = "proto3";
  package p;
  message M {
    uint64 a = 1;
    repeated int32 b = 2;
    optional int64 c = 3;
    oneof o { string d = 4; In e = 5; }
    message In { K k = 1; bytes f = 2; }
  }
  enum K { ZERO = 0; ONE = 1; }
)";

Result<std::vector<std::string>> List(const std::string& text) {
  std::string dir = ::testing::TempDir() + "/schema.XXXXXX";
  EXPECT_NE(mkdtemp(dir.data()), nullptr);
  std::ofstream(dir + "/p.proto") << text;
  Result<std::vector<std::string>> lines = ListSchemas(dir);
  std::filesystem::remove_all(dir);
  return lines;
}

std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kSchema;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

SchemaDifference After(const std::string& from, const std::string& to) {
  const Result<std::vector<std::string>> now = List(Replaced(from, to));
  EXPECT_TRUE(now.ok()) << now.status().message();
  return CompareSchemas(*List(kSchema), *now);
}

TEST(SchemaList, SaysWhatIsThere) {
  EXPECT_THAT(*List(kSchema),
              ElementsAre("M.a = 1 uint64", "M.b = 2 repeated int32", "M.c = 3 optional int64",
                          "M.d = 4 string in oneof o", "M.e = 5 M.In in oneof o", "M.In.k = 1 K",
                          "M.In.f = 2 bytes", "K.ZERO = 0", "K.ONE = 1"));
}

TEST(SchemaList, FindsEveryChange) {
  const std::map<std::string, std::string> changes = {
      {"uint64 a = 1", "uint64 a = 6"},                   // number
      {"uint64 a", "int64 a"},                            // type
      {"uint64 a ", "uint64 z "},                         // name
      {"uint64 a = 1;", ""},                              // removed
      {"repeated int32 b", "int32 b"},                    // label
      {"b = 2", "b = 2 [packed = false]"},                // encoding
      {"optional int64 c", "int64 c"},                    // presence
      {"string d = 4;", ""},                              // out of its oneof
      {"oneof o", "oneof q"},                             // the oneof's name
      {"In { K k", "In2 { K k = 9; } message In { K k"},  // a new message may come ...
      {"bytes f", "string f"},                            // nested
      {"ONE = 1", "ONE = 2"},                             // value
      {"ONE = 1", "TWO = 1"},                             // value's name
  };
  for (const auto& [from, to] : changes) {
    const SchemaDifference difference = After(from, to);
    if (to.find("In2") != std::string::npos) {
      EXPECT_THAT(difference.broken, IsEmpty());
      EXPECT_THAT(difference.added, ElementsAre("M.In2.k = 9 K"));
    } else {
      EXPECT_THAT(difference.broken, Not(IsEmpty())) << from << " -> " << to;
    }
  }
}

TEST(SchemaList, FindsNumbersUsedAgain) {
  EXPECT_THAT(After("uint64 a = 1", "bytes z = 1").broken,
              ElementsAre("gone or changed: M.a = 1 uint64",
                          "takes a name or number that is taken for ever: M.z = 1 bytes"));
}

TEST(SchemaList, LetsAdditionsBeAppended) {
  const SchemaDifference difference = After("ONE = 1;", "ONE = 1; TWO = 2;");
  EXPECT_THAT(difference.broken, IsEmpty());
  EXPECT_THAT(difference.added, ElementsAre("K.TWO = 2"));
}

TEST(SchemaList, SeesWhetherItWasChangedItself) {
  std::vector<std::string> kept = *List(kSchema);
  kept.push_back("M.z = 1 bytes");
  EXPECT_THAT(CompareSchemas(kept, *List(kSchema)).broken,
              ElementsAre("the list says twice: M.z = 1 bytes", "gone or changed: M.z = 1 bytes"));
}

TEST(SchemaList, RefusesWhatSchemasMayNotHave) {
  for (const char* field : {"double z = 9;", "float z = 9;", "map<string, string> z = 9;",
                            "reserved 9;", "reserved 'z';", "uint64 z = 9 [json_name = 'q'];"}) {
    EXPECT_FALSE(List(Replaced("uint64 a = 1;", std::string("uint64 a = 1; ") + field)).ok())
        << field;
  }
  EXPECT_FALSE(List(Replaced("proto3", "proto2")).ok());
  EXPECT_FALSE(List(Replaced("K { ZERO = 0;", "K { reserved 7; ZERO = 0;")).ok());
}

}  // namespace
}  // namespace lumbung
