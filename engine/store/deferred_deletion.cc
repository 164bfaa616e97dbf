#include "engine/store/deferred_deletion.h"

namespace lumbung {

void DeferredDeletion::Release() {
  std::vector<std::string> paths;
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
    paths.swap(deferred_);
  }
  for (const std::string& path : paths) {
    // A file that stays is deleted by the next opening.
    target()->DeleteFile(path, rocksdb::IOOptions(), nullptr).PermitUncheckedError();
  }
}

void DeferredDeletion::Hold() {
  const std::lock_guard lock(mutex_);
  released_ = false;
}

rocksdb::IOStatus DeferredDeletion::DeleteFile(const std::string& path,
                                               const rocksdb::IOOptions& options,
                                               rocksdb::IODebugContext* debug) {
  {
    const std::lock_guard lock(mutex_);
    if (!released_) {
      deferred_.push_back(path);
      return rocksdb::IOStatus::OK();
    }
  }
  return target()->DeleteFile(path, options, debug);
}

}  // namespace lumbung
