// The policy in force: read from a file, and read again when an operator says so.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "engine/base/status.h"
#include "engine/serve/policy.h"

namespace lumbung {

// Thread-safe.
class PolicyFile {
 public:
  // An empty path is the open policy. Otherwise an error where the file can't be read or is wrong.
  static Result<std::unique_ptr<PolicyFile>> Load(std::string path);

  // A call keeps the policy that it began with; what goes on for long asks again.
  std::shared_ptr<const Policy> current() const;
  // Reads the file again. Where it is wrong, says why and keeps the policy that is in force.
  Status Reload();

 private:
  PolicyFile(std::string path, std::shared_ptr<const Policy> policy)
      : path_(std::move(path)), current_(std::move(policy)) {}

  // Constant after construction.
  const std::string path_;

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  std::shared_ptr<const Policy> current_;
};

}  // namespace lumbung
