#include "engine/store/file_checksum.h"

#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

std::unique_ptr<rocksdb::FileChecksumGenerator> Generator(const std::string& requested) {
  rocksdb::FileChecksumGenContext context;
  context.requested_checksum_func_name = requested;
  return FileChecksumFactory()->CreateFileChecksumGenerator(context);
}

std::string ChecksumOf(const std::string& requested, const std::string& bytes, std::size_t cut) {
  const auto generator = Generator(requested);
  generator->Update(bytes.data(), cut);
  generator->Update(bytes.data() + cut, bytes.size() - cut);
  generator->Finalize();
  return generator->GetChecksum();
}

TEST(FileChecksum, OfNewFilesIsXxh3) {
  EXPECT_STREQ(Generator("")->Name(), "XXH3_64");
  EXPECT_EQ(ChecksumOf("", "", 0), std::string("\x2D\x06\x80\x05\x38\xD3\x94\xC2"));
}

TEST(FileChecksum, DoesNotDependOnHowAFileIsCutAndFindsAFlippedBit) {
  std::string bytes(10'000, 'x');
  const std::string whole = ChecksumOf("XXH3_64", bytes, 0);
  for (const std::size_t cut : {1U, 63U, 64U, 1'024U, 9'999U, 10'000U}) {
    EXPECT_EQ(ChecksumOf("XXH3_64", bytes, cut), whole) << cut;
  }
  bytes[5'000] ^= 1;
  EXPECT_NE(ChecksumOf("XXH3_64", bytes, 0), whole);
}

TEST(FileChecksum, OfOlderFilesIsTheirs) {
  EXPECT_STREQ(Generator("FileChecksumCrc32c")->Name(), "FileChecksumCrc32c");
  EXPECT_EQ(Generator("something else"), nullptr);
}

}  // namespace
}  // namespace lumbung
