#include "engine/importers/command_bytes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::HasSubstr;

v1::Command SomeCommand() {
  v1::Command command;
  command.mutable_post()->set_cooperative(20417);
  command.mutable_post()->add_entries()->set_code(1101);
  return command;
}

TEST(CommandBytesTest, ReadsWhatProtobufWrote) {
  const auto command = ParseCommandBytes(SomeCommand().SerializeAsString());
  ASSERT_TRUE(command.ok()) << command.status().message();
  EXPECT_EQ(command->SerializeAsString(), SomeCommand().SerializeAsString());
}

TEST(CommandBytesTest, RefusesUnknownFieldsWhereverTheyStand) {
  v1::Command top = SomeCommand();
  top.GetReflection()->MutableUnknownFields(&top)->AddVarint(999, 1);
  EXPECT_FALSE(ParseCommandBytes(top.SerializeAsString()).ok());

  v1::Command deep = SomeCommand();
  v1::Entry& entry = *deep.mutable_post()->mutable_entries(0);
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(999, 1);
  const auto refused = ParseCommandBytes(deep.SerializeAsString());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.status().message(), HasSubstr("entries"));
}

TEST(CommandBytesTest, RefusesCutBytes) {
  const std::string bytes = SomeCommand().SerializeAsString();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseCommandBytes(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

TEST(CommandBytesTest, RefusesTextThatIsNotUtf8) {
  v1::Command command = SomeCommand();
  command.mutable_post()->set_kind("XY");
  std::string bytes = command.SerializeAsString();
  bytes.replace(bytes.find("XY"), 2, "\xFF\xFE");
  EXPECT_FALSE(ParseCommandBytes(bytes).ok());
}

TEST(CommandBytesTest, RefusesWhatIsTooLong) {
  EXPECT_FALSE(ParseCommandBytes(std::string(kMaxCommandMessageBytes + 1, '\0')).ok());
}

}  // namespace
}  // namespace lumbung
