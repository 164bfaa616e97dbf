#include "projections/runtime/packing.h"

#include <limits>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr Int128 kLargest = (static_cast<Int128>(1) << 100) + 7;

TEST(Packing, NumbersOfAnySizeComeBack) {
  const Int128 numbers[] = {0,
                            1,
                            -1,
                            63,
                            64,
                            -64,
                            -65,
                            1'000'000,
                            std::numeric_limits<std::int64_t>::max(),
                            std::numeric_limits<std::int64_t>::min(),
                            kLargest,
                            -kLargest,
                            static_cast<Int128>(~Uint128{0} >> 1),
                            -static_cast<Int128>(~Uint128{0} >> 1) - 1};
  std::string bytes;
  for (const Int128 number : numbers) {
    PackSigned(bytes, number);
  }
  PackUnsigned(bytes, ~std::uint64_t{0});
  PackText(bytes, "text");
  Unpacker unpack(bytes);
  for (const Int128 number : numbers) {
    EXPECT_TRUE(unpack.Signed() == number);
  }
  EXPECT_EQ(unpack.Unsigned(), ~std::uint64_t{0});
  EXPECT_EQ(unpack.Text(), "text");
  EXPECT_TRUE(unpack.ok() && unpack.at_end());
}

TEST(Packing, WhatIsCutOffIsNoticed) {
  std::string bytes;
  PackSigned(bytes, kLargest);
  PackUnsigned(bytes, std::uint64_t{300});
  PackText(bytes, "text");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Unpacker unpack(std::string_view(bytes).substr(0, size));
    static_cast<void>(unpack.Signed());
    static_cast<void>(unpack.Unsigned());
    unpack.Text();
    EXPECT_FALSE(unpack.ok()) << size;
  }
}

TEST(Packing, MoreThingsThanBytesAreNotBelieved) {
  std::string bytes;
  PackUnsigned(bytes, std::uint64_t{3});
  bytes += "abc";
  Unpacker believed(bytes);
  EXPECT_EQ(believed.Many(), 3U);
  EXPECT_TRUE(believed.ok());
  bytes.pop_back();
  Unpacker refused(bytes);
  EXPECT_EQ(refused.Many(), 0U);
  EXPECT_FALSE(refused.ok());
}

}  // namespace
}  // namespace lumbung
