#include "tests/support/fast_directory.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <unistd.h>

#include <gtest/gtest.h>

#include "engine/base/check.h"

namespace lumbung {

FastDirectory::FastDirectory() {
  constexpr const char* kMemory = "/dev/shm/";
  path_ = (::access(kMemory, W_OK) == 0 ? kMemory : ::testing::TempDir()) + "lumbung-XXXXXX";
  LUMBUNG_CHECK(::mkdtemp(path_.data()) != nullptr);
}

FastDirectory::~FastDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool IsFullRun() {
  const char* full = std::getenv("LUMBUNG_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

}  // namespace lumbung
