// Files of outside data, plain, compressed or in archives.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/status.h"

namespace lumbung {

// A longer file is refused: it is held in memory while it is read.
inline constexpr std::size_t kMaxInputFileBytes = std::size_t{256} << 20;

// Called with the name of a file (in an archive: "archive/path in it") and its whole content. A
// status that is not OK ends the reading.
using InputFileVisitor = std::function<Status(const std::string& name, std::string_view content)>;

// Visits the file at `path`, or, where that is a tar, zip or 7-Zip archive, each regular file in it
// in the archive's order. Either may be compressed (gzip, bzip2, xz, zstd, lz4); content decides,
// not the name. NotFound, IoError, Corruption where the archive is cut or damaged, InvalidArgument
// where a file is longer than kMaxInputFileBytes.
Status ForEachInputFile(const std::string& path, const InputFileVisitor& visit);

}  // namespace lumbung
