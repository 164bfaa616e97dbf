#include "engine/base/status.h"

#include <gtest/gtest.h>

namespace lumbung {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) {
    return Status::InvalidArgument("is odd");
  }
  return number / 2;
}

Status Quarter(int number, int& quarter) {
  const Result<int> half = Half(number);
  LUMBUNG_RETURN_IF_ERROR(half.status());
  const Result<int> result = Half(*half);
  LUMBUNG_RETURN_IF_ERROR(result.status());
  quarter = *result;
  return Status::Ok();
}

TEST(Result, HoldsAValueOrAStatus) {
  EXPECT_EQ(Half(8).value(), 4);
  EXPECT_TRUE(Half(8).status().ok());
  EXPECT_FALSE(Half(7).ok());
  EXPECT_EQ(Half(7).status().kind(), Status::Kind::kInvalidArgument);
  EXPECT_EQ(Half(7).status().message(), "is odd");
}

TEST(Status, PassesThroughCallers) {
  int quarter = 0;
  EXPECT_TRUE(Quarter(8, quarter).ok());
  EXPECT_EQ(quarter, 2);
  EXPECT_FALSE(Quarter(6, quarter).ok());
  EXPECT_EQ(quarter, 2);
}

TEST(ResultDeathTest, AnAbsentValueEndsTheProcess) {
  EXPECT_DEATH(Half(7).value(), "invariant broken");
  EXPECT_DEATH(Result<int>{Status::Ok()}, "invariant broken");
}

}  // namespace
}  // namespace lumbung
