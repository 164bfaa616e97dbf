#include "engine/importers/input_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

namespace lumbung {
namespace {

struct CloseArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

constexpr std::size_t kReadBytes = 64 * 1024;

// Formats are named one by one: libarchive's whole set includes some that take text for their own
// and filters that start other programs.
Archive NewArchive() {
  Archive reader(archive_read_new());
  LUMBUNG_CHECK(reader != nullptr);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_7zip(reader.get());
  archive_read_support_format_empty(reader.get());
  archive_read_support_format_raw(reader.get());
  return reader;
}

Status Damaged(const std::string& path, archive* reader) {
  const char* text = archive_error_string(reader);
  return Status::Corruption(path + ": " + (text != nullptr ? text : "can't be read"));
}

Status ReadEntry(const std::string& name, archive* reader, std::string& content) {
  content.clear();
  std::array<char, kReadBytes> buffer{};
  while (true) {
    const la_ssize_t size = archive_read_data(reader, buffer.data(), buffer.size());
    if (size == 0) return Status::Ok();
    if (size < 0) return Damaged(name, reader);
    content.append(buffer.data(), static_cast<std::size_t>(size));
    if (content.size() > kMaxInputFileBytes) {
      return Status::InvalidArgument(name + ": is longer than 256 MiB; split it");
    }
  }
}

}  // namespace

Status ForEachInputFile(const std::string& path, const InputFileVisitor& visit) {
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  if (kind == std::filesystem::file_type::not_found) {
    return Status::NotFound(path + ": no such file");
  }
  if (error) return Status::IoError(path + ": " + error.message());
  if (kind == std::filesystem::file_type::directory) {
    return Status::InvalidArgument(path + ": is a folder; name the files in it");
  }
  // The system's refusals are told apart from damage here, where errno says them.
  if (!std::ifstream(path)) return Status::IoError(path + ": " + std::strerror(errno));
  const Archive reader = NewArchive();
  if (archive_read_open_filename(reader.get(), path.c_str(), kReadBytes) != ARCHIVE_OK) {
    return Damaged(path, reader.get());
  }
  std::string content;
  while (true) {
    archive_entry* entry = nullptr;
    const int outcome = archive_read_next_header(reader.get(), &entry);
    if (outcome == ARCHIVE_EOF) return Status::Ok();
    if (outcome != ARCHIVE_OK) return Damaged(path, reader.get());
    const bool raw = archive_format(reader.get()) == ARCHIVE_FORMAT_RAW;
    if (!raw && archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* inner = archive_entry_pathname(entry);
    const std::string name = raw || inner == nullptr ? path : path + "/" + inner;
    LUMBUNG_RETURN_IF_ERROR(ReadEntry(name, reader.get(), content));
    LUMBUNG_RETURN_IF_ERROR(visit(name, content));
  }
}

}  // namespace lumbung
