// Ledgers live on local disks: over a network, locks and fsync don't hold what they promise.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/status.h"

namespace lumbung {

// The name of the network or user-space file system with this magic number (statfs), or null for
// every other one.
const char* NetworkFileSystemName(std::uint64_t magic);

// Refused if `dir` lies on such a file system.
Status RefuseNetworkFileSystem(const std::string& dir);

}  // namespace lumbung
