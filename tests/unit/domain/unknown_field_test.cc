// What the schema does not know is found, in any message within.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/decide.h"

namespace lumbung {
namespace {

using testing::IsEmpty;

template <typename Message>
void AddUnknown(Message& message, int number) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(number, 1);
}

TEST(UnknownField, IsEmptyWhereAllIsKnown) {
  v1::Command command;
  command.mutable_post()->add_entries()->set_debit(1);
  EXPECT_THAT(UnknownField(command), IsEmpty());
}

TEST(UnknownField, IsFoundAtAnyDepth) {
  v1::Command at_top;
  AddUnknown(at_top, 900);
  EXPECT_EQ(UnknownField(at_top), "900");

  v1::Command in_entry;
  in_entry.mutable_post()->add_entries();
  AddUnknown(*in_entry.mutable_post()->add_entries(), 901);
  EXPECT_EQ(UnknownField(in_entry), "post.entries[1].901");

  v1::Command in_batch;
  in_batch.mutable_post_batch()->add_transactions();
  AddUnknown(*in_batch.mutable_post_batch()->add_transactions()->mutable_sealed(), 902);
  EXPECT_EQ(UnknownField(in_batch), "post_batch.transactions[1].sealed.902");
}

TEST(UnknownField, IsFoundInBytesOfANewerSchema) {
  v1::Command newer;
  AddUnknown(*newer.mutable_release(), 77);
  v1::Command read;
  ASSERT_TRUE(read.ParseFromString(newer.SerializeAsString()));
  EXPECT_EQ(UnknownField(read), "release.77");
}

// A body that is not known leaves no body, which Validate refuses too.
TEST(UnknownField, ABodyThatIsNotKnown) {
  v1::Command command;
  AddUnknown(command, 99);
  EXPECT_EQ(UnknownField(command), "99");
  EXPECT_EQ(Validate(command).code, v1::MALFORMED);
}

}  // namespace
}  // namespace lumbung
