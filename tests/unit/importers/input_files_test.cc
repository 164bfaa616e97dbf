#include "engine/importers/input_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Files = std::vector<std::pair<std::string, std::string>>;

class InputFilesTest : public testing::Test {
 protected:
  InputFilesTest() {
    std::string pattern = testing::TempDir() + "input_files_XXXXXX";
    dir_ = mkdtemp(pattern.data());
  }
  ~InputFilesTest() override { std::filesystem::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& bytes) {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << bytes;
    return dir_ + "/" + name;
  }

  // An archive with a folder, and the files given in it.
  std::string Pack(const std::string& name, int format, int filter, const Files& files) {
    const std::string path = dir_ + "/" + name;
    archive* writer = archive_write_new();
    EXPECT_EQ(archive_write_set_format(writer, format), ARCHIVE_OK);
    EXPECT_EQ(archive_write_add_filter(writer, filter), ARCHIVE_OK);
    EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
    AddEntry(writer, "day", AE_IFDIR, "");
    for (const auto& [inner, content] : files) AddEntry(writer, inner, AE_IFREG, content);
    EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
    archive_write_free(writer);
    return path;
  }

  static Result<Files> ReadAll(const std::string& path) {
    Files files;
    const Status status =
        ForEachInputFile(path, [&files](const std::string& name, std::string_view content) {
          files.emplace_back(std::filesystem::path(name).filename(), content);
          return Status::Ok();
        });
    if (!status.ok()) return status;
    return files;
  }

  std::string dir_;

 private:
  static void AddEntry(archive* writer, const std::string& name, unsigned type,
                       const std::string& content) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0755);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(writer, content.data(), content.size()),
              static_cast<la_ssize_t>(content.size()));
    archive_entry_free(entry);
  }
};

TEST_F(InputFilesTest, ReadsAPlainFile) {
  const auto files = ReadAll(Write("a.csv", "x,y\n"));
  ASSERT_TRUE(files.ok()) << files.status().message();
  EXPECT_THAT(*files, ElementsAre(Pair("a.csv", "x,y\n")));
}

TEST_F(InputFilesTest, ReadsArchivesWhateverTheirName) {
  const std::string big(200'000, 'z');
  const Files packed = {{"day/1.csv", "one"}, {"day/2.csv", big}};
  const std::vector<std::string> paths = {
      Pack("a.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, packed),
      Pack("a.tar.zst", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_ZSTD, packed),
      Pack("a.tar.gz", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP, packed),
      Pack("noname", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, packed),
      Pack("a.7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, packed),
  };
  for (const std::string& path : paths) {
    const auto files = ReadAll(path);
    ASSERT_TRUE(files.ok()) << files.status().message();
    EXPECT_THAT(*files, ElementsAre(Pair("1.csv", "one"), Pair("2.csv", big))) << path;
  }
}

TEST_F(InputFilesTest, NamesTheFileInTheArchive) {
  const std::string path =
      Pack("a.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, {{"day/1.csv", "one"}});
  std::string seen;
  const Status status = ForEachInputFile(path, [&seen](const std::string& name, std::string_view) {
    seen = name;
    return Status::InvalidArgument("enough");
  });
  EXPECT_EQ(seen, path + "/day/1.csv");
  EXPECT_EQ(status.message(), "enough");
}

TEST_F(InputFilesTest, SaysWhenAnArchiveIsCut) {
  const std::string whole =
      Pack("a.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, {{"1.csv", "one"}});
  std::ifstream file(whole, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto files = ReadAll(Write("cut.tar.zst", bytes.substr(0, bytes.size() / 2)));
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.status().kind(), Status::Kind::kCorruption);
}

TEST_F(InputFilesTest, SaysWhatIsNoFile) {
  EXPECT_EQ(ReadAll(dir_ + "/none").status().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(ReadAll(dir_).status().kind(), Status::Kind::kInvalidArgument);
}

TEST_F(InputFilesTest, AnEmptyFileHasNothingToVisit) {
  const auto files = ReadAll(Write("empty.csv", ""));
  ASSERT_TRUE(files.ok()) << files.status().message();
  EXPECT_THAT(*files, IsEmpty());
}

}  // namespace
}  // namespace lumbung
