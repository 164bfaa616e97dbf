// A file system whose syncs of the WAL can be made to wait: what happens to a shard while a block
// is being written is then no matter of luck.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/file_system.h>

namespace lumbung {

// Thread-safe. Open at first.
class Gate {
 public:
  void Close();
  void Open();
  // Waits until someone waits at the closed gate.
  void AwaitArrival();
  // Called by who passes: waits while it is closed.
  void Pass();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  bool closed_ = false;
  int waiting_ = 0;
};

class GateFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit GateFileSystem(std::shared_ptr<Gate> gate)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), gate_(std::move(gate)) {}

  const char* Name() const override { return "LumbungGate"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

 private:
  const std::shared_ptr<Gate> gate_;
};

}  // namespace lumbung
