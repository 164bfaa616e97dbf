// Files of a folder over HTTP: the dashboard, which holds no data of its own.
#pragma once

#include <httplib.h>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/status.h"

namespace lumbung {

// Immutable, so thread-safe. What the folder had when it was loaded is in memory: no request opens
// a file, and none can name one outside.
class StaticFiles {
 public:
  // All files below `folder` whose endings have a type here. One with .gz beside it is sent
  // compressed to who takes that. InvalidArgument where there is no index.html, IoError where a
  // file can't be read.
  static Result<StaticFiles> Load(const std::string& folder);

  // Answers GET and HEAD of a path below the folder, "" for its index.html. False, and nothing is
  // answered, where there is no such file.
  bool Answer(std::string_view path, const httplib::Request& request,
              httplib::Response& response) const;

 private:
  struct File {
    std::string type;
    std::string etag;
    std::string body;
    // Empty: none.
    std::string gzip;
  };

  // By path below the folder, with slashes.
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace lumbung
