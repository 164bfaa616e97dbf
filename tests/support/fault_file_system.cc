#include "tests/support/fault_file_system.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

std::string Normal(const std::string& path) { return fs::path(path).lexically_normal(); }

std::string DirectoryOf(const std::string& path) { return fs::path(path).parent_path(); }

rocksdb::IOStatus Dead() { return rocksdb::IOStatus::IOError("the power is cut"); }

class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<rocksdb::FSWritableFile>&& target, FaultFileSystem& system,
            std::string path, std::uint64_t size)
      : FSWritableFileOwnerWrapper(std::move(target)),
        system_(system),
        path_(std::move(path)),
        size_(size) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return Write(
        data, [&](const rocksdb::Slice& part) { return target()->Append(part, options, debug); });
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset,
                                     const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* debug) override {
    return Write(data, [&](const rocksdb::Slice& part) {
      return target()->PositionedAppend(part, offset, options, debug);
    });
  }
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset,
                                     const rocksdb::IOOptions& options,
                                     const rocksdb::DataVerificationInfo&,
                                     rocksdb::IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }

  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    rocksdb::IOStatus status = system_.AskToSync(path_);
    if (status.ok()) {
      system_.NoteSynced(path_);
    }
    return status;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  template <typename Target>
  rocksdb::IOStatus Write(const rocksdb::Slice& data, Target write) {
    const FaultFileSystem::Permission permission = system_.AskToWrite(data.size());
    if (permission.bytes > 0 || permission.status.ok()) {
      const rocksdb::IOStatus status = write(rocksdb::Slice(data.data(), permission.bytes));
      if (!status.ok()) {
        return status;
      }
      size_ += permission.bytes;
      system_.NoteWritten(path_, size_);
    }
    return permission.status;
  }

  FaultFileSystem& system_;
  const std::string path_;
  std::uint64_t size_;
};

class FaultDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(std::unique_ptr<rocksdb::FSDirectory>&& target, FaultFileSystem& system,
                 std::string path)
      : FSDirectoryWrapper(std::move(target)), system_(system), path_(std::move(path)) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    rocksdb::IOStatus status = system_.AskToSync(path_);
    if (status.ok()) {
      system_.NoteDirectorySynced(path_);
    }
    return status;
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* debug,
                                        const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  FaultFileSystem& system_;
  const std::string path_;
};

}  // namespace

FaultFileSystem::FaultFileSystem(const std::shared_ptr<rocksdb::FileSystem>& target)
    : FileSystemWrapper(target) {}

void FaultFileSystem::Arm(Fault fault, std::uint64_t n) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  due_ = n;
  writes_ = 0;
  syncs_ = 0;
  fired_ = false;
}

bool FaultFileSystem::fired() const {
  const std::lock_guard lock(mutex_);
  return fired_;
}

std::uint64_t FaultFileSystem::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

std::uint64_t FaultFileSystem::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

bool FaultFileSystem::IsDueLocked(Fault fault, std::uint64_t count) const {
  return fault_ == fault && (count == due_ || (fault == Fault::kNoSpace && count > due_));
}

FaultFileSystem::Permission FaultFileSystem::AskToWrite(std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (dead_) {
    return {0, Dead()};
  }
  ++writes_;
  if (IsDueLocked(Fault::kFailedWrite, writes_)) {
    fired_ = true;
    return {0, rocksdb::IOStatus::IOError("a write was to fail")};
  }
  if (IsDueLocked(Fault::kShortWrite, writes_)) {
    fired_ = true;
    return {size / 2, rocksdb::IOStatus::IOError("a write was to be short")};
  }
  if (IsDueLocked(Fault::kNoSpace, writes_)) {
    fired_ = true;
    return {0, rocksdb::IOStatus::NoSpace("space was to run out")};
  }
  return {size, rocksdb::IOStatus::OK()};
}

rocksdb::IOStatus FaultFileSystem::AskToSync(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (dead_) {
    return Dead();
  }
  ++syncs_;
  if (IsDueLocked(Fault::kFailedSync, syncs_)) {
    fired_ = true;
    if (const auto file = files_.find(path); file != files_.end()) {
      file->second.lost = true;
    }
    return rocksdb::IOStatus::IOError("a sync was to fail");
  }
  return rocksdb::IOStatus::OK();
}

void FaultFileSystem::NoteWritten(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  files_[path].size = size;
}

void FaultFileSystem::NoteSynced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  FileState& file = files_[path];
  if (!file.lost) {
    file.durable_size = file.size;
  }
}

void FaultFileSystem::NoteDirectorySynced(const std::string& dir) {
  const std::lock_guard lock(mutex_);
  for (auto& [path, file] : files_) {
    if (DirectoryOf(path) == dir) {
      file.name_is_durable = true;
    }
  }
  std::erase_if(renames_, [&](const Rename& rename) { return DirectoryOf(rename.to) == dir; });
}

rocksdb::IOStatus FaultFileSystem::NewWritableFile(const std::string& path,
                                                   const rocksdb::FileOptions& options,
                                                   std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                   rocksdb::IODebugContext* debug) {
  const Permission permission = AskToWrite(0);
  if (!permission.status.ok()) {
    return permission.status;
  }
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const rocksdb::IOStatus status = target()->NewWritableFile(path, options, &file, debug);
  if (status.ok()) {
    const std::string normal = Normal(path);
    const std::lock_guard lock(mutex_);
    files_[normal] = FileState{};
    *result = std::make_unique<FaultFile>(std::move(file), *this, normal, 0);
  }
  return status;
}

rocksdb::IOStatus FaultFileSystem::ReopenWritableFile(
    const std::string& path, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* debug) {
  const Permission permission = AskToWrite(0);
  if (!permission.status.ok()) {
    return permission.status;
  }
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const rocksdb::IOStatus status = target()->ReopenWritableFile(path, options, &file, debug);
  if (status.ok()) {
    const std::string normal = Normal(path);
    const std::uint64_t size = fs::file_size(normal);
    const std::lock_guard lock(mutex_);
    // What is there without our having written it was there before the machine was switched on.
    files_.try_emplace(normal, FileState{size, size, true, false});
    *result = std::make_unique<FaultFile>(std::move(file), *this, normal, size);
  }
  return status;
}

rocksdb::IOStatus FaultFileSystem::NewDirectory(const std::string& path,
                                                const rocksdb::IOOptions& options,
                                                std::unique_ptr<rocksdb::FSDirectory>* result,
                                                rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  const rocksdb::IOStatus status = target()->NewDirectory(path, options, &directory, debug);
  if (status.ok()) {
    *result = std::make_unique<FaultDirectory>(std::move(directory), *this, Normal(path));
  }
  return status;
}

rocksdb::IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                              const rocksdb::IOOptions& options,
                                              rocksdb::IODebugContext* debug) {
  if (const Permission permission = AskToWrite(0); !permission.status.ok()) {
    return permission.status;
  }
  Rename rename{Normal(from), Normal(to), std::nullopt};
  if (std::ifstream in(rename.to, std::ios::binary); in.good()) {
    rename.replaced.emplace(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  const rocksdb::IOStatus status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) {
    return status;
  }
  const std::lock_guard lock(mutex_);
  if (auto file = files_.extract(rename.from); !file.empty()) {
    files_.erase(rename.to);
    file.key() = rename.to;
    files_.insert(std::move(file));
  }
  renames_.push_back(std::move(rename));
  return status;
}

rocksdb::IOStatus FaultFileSystem::LinkFile(const std::string& from, const std::string& to,
                                            const rocksdb::IOOptions& options,
                                            rocksdb::IODebugContext* debug) {
  const Permission permission = AskToWrite(0);
  return permission.status.ok() ? target()->LinkFile(from, to, options, debug) : permission.status;
}

rocksdb::IOStatus FaultFileSystem::DeleteFile(const std::string& path,
                                              const rocksdb::IOOptions& options,
                                              rocksdb::IODebugContext* debug) {
  {
    const std::lock_guard lock(mutex_);
    if (dead_) {
      return Dead();
    }
    files_.erase(Normal(path));
  }
  return target()->DeleteFile(path, options, debug);
}

void FaultFileSystem::CutPower() {
  const std::lock_guard lock(mutex_);
  dead_ = true;
}

void FaultFileSystem::DropUnsynced() {
  const std::lock_guard lock(mutex_);
  LUMBUNG_CHECK(dead_);
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
    if (!fs::exists(rename->to)) {
      continue;
    }
    fs::rename(rename->to, rename->from);
    if (rename->replaced.has_value()) {
      std::ofstream(rename->to, std::ios::binary) << *rename->replaced;
    }
    if (auto file = files_.extract(rename->to); !file.empty()) {
      file.key() = rename->from;
      files_.insert(std::move(file));
    }
  }
  for (const auto& [path, file] : files_) {
    if (!file.name_is_durable) {
      fs::remove(path);
    } else if (fs::exists(path) && fs::file_size(path) > file.durable_size) {
      fs::resize_file(path, file.durable_size);
    }
  }
  renames_.clear();
  files_.clear();
}

}  // namespace lumbung
