// A directory in memory, where the machine has such a place: for tests of order and content, which
// open ledgers by the hundred.
#pragma once

#include <string>

namespace lumbung {

class FastDirectory {
 public:
  FastDirectory();
  ~FastDirectory();
  FastDirectory(const FastDirectory&) = delete;
  FastDirectory& operator=(const FastDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Whether the long form of a test is asked for (LUMBUNG_FULL=1).
bool IsFullRun();

}  // namespace lumbung
