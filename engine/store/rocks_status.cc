#include "engine/store/rocks_status.h"

namespace lumbung {

Status FromRocks(const rocksdb::Status& status, const std::string& what) {
  if (status.ok()) {
    return Status::Ok();
  }
  const std::string message = what + ": " + status.ToString();
  if (status.IsCorruption()) {
    return Status::Corruption(message);
  }
  if (status.IsNotFound()) {
    return Status::NotFound(message);
  }
  if (status.IsBusy()) {
    return Status::Busy(message);
  }
  if (status.IsInvalidArgument()) {
    return Status::InvalidArgument(message);
  }
  return Status::IoError(message);
}

}  // namespace lumbung
