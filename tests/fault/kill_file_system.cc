#include "tests/fault/kill_file_system.h"

#include <csignal>
#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace lumbung {
namespace {

constexpr auto kNothing = [] {};

class KillFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  KillFile(std::unique_ptr<rocksdb::FSWritableFile>&& target, KillFileSystem& system)
      : FSWritableFileOwnerWrapper(std::move(target)), system_(system) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return system_.Run([&] { return target()->Append(data, options, debug); },
                       [&] {
                         const rocksdb::Slice half(data.data(), data.size() / 2);
                         target()->Append(half, options, debug).PermitUncheckedError();
                       });
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return system_.Run([&] { return target()->Sync(options, debug); }, kNothing);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return system_.Run([&] { return target()->Fsync(options, debug); }, kNothing);
  }

 private:
  KillFileSystem& system_;
};

class KillDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  KillDirectory(std::unique_ptr<rocksdb::FSDirectory>&& target, KillFileSystem& system)
      : FSDirectoryWrapper(std::move(target)), system_(system) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return system_.Run([&] { return FSDirectoryWrapper::Fsync(options, debug); }, kNothing);
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* debug,
                                        const rocksdb::DirFsyncOptions& how) override {
    return system_.Run([&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how); },
                       kNothing);
  }

 private:
  KillFileSystem& system_;
};

}  // namespace

void KillFileSystem::Die() {
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

rocksdb::IOStatus KillFileSystem::NewWritableFile(const std::string& path,
                                                  const rocksdb::FileOptions& options,
                                                  std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                  rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status =
      Run([&] { return target()->NewWritableFile(path, options, &file, debug); }, kNothing);
  if (status.ok()) {
    *result = std::make_unique<KillFile>(std::move(file), *this);
  }
  return status;
}

rocksdb::IOStatus KillFileSystem::NewDirectory(const std::string& path,
                                               const rocksdb::IOOptions& options,
                                               std::unique_ptr<rocksdb::FSDirectory>* result,
                                               rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  rocksdb::IOStatus status = target()->NewDirectory(path, options, &directory, debug);
  if (status.ok()) {
    *result = std::make_unique<KillDirectory>(std::move(directory), *this);
  }
  return status;
}

rocksdb::IOStatus KillFileSystem::RenameFile(const std::string& from, const std::string& to,
                                             const rocksdb::IOOptions& options,
                                             rocksdb::IODebugContext* debug) {
  return Run([&] { return target()->RenameFile(from, to, options, debug); }, kNothing);
}

rocksdb::IOStatus KillFileSystem::LinkFile(const std::string& from, const std::string& to,
                                           const rocksdb::IOOptions& options,
                                           rocksdb::IODebugContext* debug) {
  return Run([&] { return target()->LinkFile(from, to, options, debug); }, kNothing);
}

rocksdb::IOStatus KillFileSystem::DeleteFile(const std::string& path,
                                             const rocksdb::IOOptions& options,
                                             rocksdb::IODebugContext* debug) {
  return Run([&] { return target()->DeleteFile(path, options, debug); }, kNothing);
}

}  // namespace lumbung
