// A file system that kills its own process at its n-th operation: before it, in the middle of it or
// right after it, so that every stage of the pipeline is a moment to die.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace lumbung {

enum class Moment { kBefore, kHalfway, kAfter };

// Counts writes, syncs, new files, renames, links and deletions of all files together. Thread-safe.
class KillFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // n counts from 1; 0: never.
  KillFileSystem(std::uint64_t n, Moment moment)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), n_(n), moment_(moment) {}

  const char* Name() const override { return "LumbungKill"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // Does an operation, or dies of it. `halfway` does half of it.
  template <typename Do, typename Half>
  rocksdb::IOStatus Run(Do whole, Half halfway) {
    const bool is_due = operations_.fetch_add(1) + 1 == n_;
    if (is_due && moment_ != Moment::kAfter) {
      if (moment_ == Moment::kHalfway) {
        halfway();
      }
      Die();
    }
    rocksdb::IOStatus status = whole();
    if (is_due) {
      Die();
    }
    return status;
  }

 private:
  [[noreturn]] static void Die();

  const std::uint64_t n_;
  const Moment moment_;
  std::atomic<std::uint64_t> operations_ = 0;
};

}  // namespace lumbung
