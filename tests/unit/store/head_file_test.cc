#include "engine/store/head_file.h"

#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

constexpr std::size_t kFileBytes = 1024;

Head Numbered(std::uint64_t sequence) {
  Head head;
  head.sequence = sequence;
  head.hash.fill(static_cast<std::uint8_t>(sequence));
  return head;
}

class HeadFileTest : public ::testing::Test {
 protected:
  Status::Kind OpenKind() const { return HeadFile::Open(path_).status().kind(); }

  const TemporaryDirectory dir_;
  const std::string path_ = dir_ / "HEAD";
};

TEST_F(HeadFileTest, BytesAreThese) {
  Head head;
  head.sequence = 0x0102030405060708;
  std::iota(head.hash.begin(), head.hash.end(), std::uint8_t{0});
  EXPECT_OK(HeadFile::Create(path_, head));
  const std::string bytes = ReadBytes(path_);
  ASSERT_EQ(bytes.size(), kFileBytes);
  EXPECT_EQ(bytes.substr(0, 8), "LMBGHEAD");
  EXPECT_EQ(ToHex(bytes.substr(8, 12)), "000000010102030405060708");
  EXPECT_EQ(bytes.substr(20, 32), AsView(head.hash));
  // By zlib's crc32.
  EXPECT_EQ(ToHex(bytes.substr(52, 4)), "628de02a");
  EXPECT_EQ(bytes.substr(56, 456), std::string(456, '\0'));
  EXPECT_EQ(bytes.substr(512), bytes.substr(0, 512));
}

TEST_F(HeadFileTest, AdvancesInTurnAndIsReadBack) {
  EXPECT_OK(HeadFile::Create(path_, Head{}));
  {
    HeadFile file = Must(HeadFile::Open(path_));
    EXPECT_EQ(file.head(), Head{});
    for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
      EXPECT_OK(file.Advance(Numbered(sequence)));
      EXPECT_EQ(file.head(), Numbered(sequence));
      EXPECT_EQ(Must(HeadFile::Open(path_)).head(), Numbered(sequence));
    }
  }
  // The slot that is not the newest has the one before it: a write never touches the newest.
  const std::string bytes = ReadBytes(path_);
  const std::string sequences = {bytes[19], bytes[512 + 19]};
  EXPECT_EQ(sequences, "\x04\x05");
  HeadFile again = Must(HeadFile::Open(path_));
  EXPECT_OK(again.Advance(Numbered(6)));
  EXPECT_EQ(ReadBytes(path_)[19], '\x06');
}

TEST_F(HeadFileTest, CreateDoesNotOverwrite) {
  EXPECT_OK(HeadFile::Create(path_, Numbered(3)));
  EXPECT_FALSE(HeadFile::Create(path_, Head{}).ok());
  EXPECT_EQ(Must(HeadFile::Open(path_)).head(), Numbered(3));
}

TEST_F(HeadFileTest, MissingIsNotFound) { EXPECT_EQ(OpenKind(), Status::Kind::kNotFound); }

TEST_F(HeadFileTest, EveryFlippedBitIsCorruption) {
  EXPECT_OK(HeadFile::Create(path_, Numbered(3)));
  EXPECT_OK(Must(HeadFile::Open(path_)).Advance(Numbered(4)));
  const std::string whole = ReadBytes(path_);
  for (std::size_t i = 0; i < 8 * whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    WriteBytes(path_, flipped);
    ASSERT_EQ(OpenKind(), Status::Kind::kCorruption) << "bit " << i;
    // The other slot says at least something.
    ASSERT_EQ(HeadFile::Salvage(path_), i / 8 < 512 ? Numbered(4) : Numbered(3)) << "bit " << i;
  }
}

TEST_F(HeadFileTest, OtherLengthsAreCorruption) {
  EXPECT_OK(HeadFile::Create(path_, Numbered(3)));
  const std::string whole = ReadBytes(path_);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{56}, std::size_t{512}, kFileBytes - 1}) {
    WriteBytes(path_, whole.substr(0, size));
    EXPECT_EQ(OpenKind(), Status::Kind::kCorruption) << size;
  }
  WriteBytes(path_, whole + "x");
  EXPECT_EQ(OpenKind(), Status::Kind::kCorruption);
}

TEST_F(HeadFileTest, TwoHashesForOneSequenceAreCorruption) {
  Head other = Numbered(3);
  other.hash[0] ^= 1;
  EXPECT_OK(HeadFile::Create(path_, Numbered(3)));
  EXPECT_OK(HeadFile::Create(dir_ / "other", other));
  WriteBytes(path_, ReadBytes(path_).substr(0, 512) + ReadBytes(dir_ / "other").substr(512));
  EXPECT_EQ(OpenKind(), Status::Kind::kCorruption);
}

TEST_F(HeadFileTest, SalvageOfNothing) {
  EXPECT_EQ(HeadFile::Salvage(path_), std::nullopt);
  WriteBytes(path_, "short");
  EXPECT_EQ(HeadFile::Salvage(path_), std::nullopt);
}

}  // namespace
}  // namespace lumbung
