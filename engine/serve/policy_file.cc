#include "engine/serve/policy_file.h"

#include <utility>

#include "engine/store/posix.h"

namespace lumbung {
namespace {

Result<std::shared_ptr<const Policy>> ReadPolicy(const std::string& path) {
  if (path.empty()) {
    return Policy::Open();
  }
  const Result<std::string> text = ReadFile(path);
  LUMBUNG_RETURN_IF_ERROR(text.status());
  return Policy::Parse(*text, path);
}

}  // namespace

Result<std::unique_ptr<PolicyFile>> PolicyFile::Load(std::string path) {
  Result<std::shared_ptr<const Policy>> policy = ReadPolicy(path);
  LUMBUNG_RETURN_IF_ERROR(policy.status());
  return std::unique_ptr<PolicyFile>(new PolicyFile(std::move(path), std::move(*policy)));
}

std::shared_ptr<const Policy> PolicyFile::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status PolicyFile::Reload() {
  Result<std::shared_ptr<const Policy>> policy = ReadPolicy(path_);
  LUMBUNG_RETURN_IF_ERROR(policy.status());
  const std::lock_guard lock(mutex_);
  // The old one may go outside the lock, with its last user or here.
  current_.swap(*policy);
  return Status::Ok();
}

}  // namespace lumbung
