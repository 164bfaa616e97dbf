// Checksums over whole files of RocksDB, with which VerifyFileChecksums finds a flipped bit
// anywhere.
#pragma once

#include <memory>

#include <rocksdb/file_checksum.h>

namespace lumbung {

// New files get XXH3 of 64 bits, named "XXH3_64" in the manifest: RocksDB's own CRC32C is done in
// software where it was not compiled for this machine, and took a twentieth of all time. Files that
// have a CRC32C are checked against that.
std::shared_ptr<rocksdb::FileChecksumGenFactory> FileChecksumFactory();

}  // namespace lumbung
