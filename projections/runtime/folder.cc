#include "projections/runtime/folder.h"

#include <filesystem>
#include <system_error>

#include "engine/store/posix.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

std::string OldFolder(const std::string& base, const std::string& name) {
  return base + "/" + name + ".old";
}

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

}  // namespace

std::string ProjectionFolder(const std::string& base, const std::string& name) {
  return base + "/" + name;
}

std::string BuildingFolder(const std::string& base, const std::string& name) {
  return base + "/" + name + ".building";
}

Status DeleteProjectionFolder(const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  return error ? PosixError("delete " + folder, error.value()) : Status::Ok();
}

Status PrepareProjectionFolder(const std::string& base, const std::string& name) {
  std::error_code error;
  fs::create_directories(base, error);
  if (error) {
    return PosixError("make " + base, error.value());
  }
  const std::string current = ProjectionFolder(base, name);
  const std::string building = BuildingFolder(base, name);
  const std::string old = OldFolder(base, name);
  if (!Exists(old)) {
    return Status::Ok();
  }
  // What was built was whole before the old one was moved away.
  if (!Exists(current)) {
    LUMBUNG_RETURN_IF_ERROR(RenameSynced(Exists(building) ? building : old, current));
  }
  return DeleteProjectionFolder(old);
}

Status SwitchProjectionFolder(const std::string& base, const std::string& name) {
  const std::string current = ProjectionFolder(base, name);
  const std::string old = OldFolder(base, name);
  if (Exists(current)) {
    LUMBUNG_RETURN_IF_ERROR(RenameSynced(current, old));
  }
  LUMBUNG_RETURN_IF_ERROR(RenameSynced(BuildingFolder(base, name), current));
  return DeleteProjectionFolder(old);
}

}  // namespace lumbung
