// Keeps RocksDB from deleting files. While a log is being opened it throws away what its manifest
// does not name, and a damaged manifest may not name what is to be saved. When an ingestion fails
// it throws away the files, and its manifest may name them all the same.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

namespace lumbung {

// Thread-safe.
class DeferredDeletion : public rocksdb::FileSystemWrapper {
 public:
  explicit DeferredDeletion(const std::shared_ptr<rocksdb::FileSystem>& target)
      : FileSystemWrapper(target) {}

  const char* Name() const override { return "LumbungDeferredDeletion"; }

  // Deletes what was to be deleted so far; from now on deletions are done at once. If it is never
  // called, the files stay.
  void Release();
  // From now on deletions wait for Release again, as they do at first.
  void Hold();

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  std::mutex mutex_;
  // Below is guarded by mutex_.
  bool released_ = false;
  std::vector<std::string> deferred_;
};

}  // namespace lumbung
