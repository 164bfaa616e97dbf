// A file system that fails on order, for what stands on RocksDB, and that can lose what was never
// synced, as a power cut does. Nothing is really synced: what is durable is what this says, and
// tests don't wait for a disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

namespace lumbung {

enum class Fault {
  kNone,
  kFailedWrite,  // the n-th write fails and writes nothing
  kShortWrite,   // the n-th write writes the first half, then fails
  kNoSpace,      // from the n-th write on there is no space
  kFailedSync,   // the n-th sync fails, and what it should have made durable never will be
};

// Counts the writes (of data, new files, names) and syncs (of files and directories) of all files
// together, RocksDB's own log excepted. Thread-safe.
class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(
      const std::shared_ptr<rocksdb::FileSystem>& target = rocksdb::FileSystem::Default());

  const char* Name() const override { return "LumbungFaultFileSystem"; }

  // Lets the n-th write or sync from now on fail, counted from 1.
  void Arm(Fault fault, std::uint64_t n);
  // Whether it came to that.
  bool fired() const;
  // Since Arm.
  std::uint64_t writes() const;
  std::uint64_t syncs() const;

  // From now on everything fails, as if there were no machine any more.
  void CutPower();
  // Undoes what was not synced: data after the last sync of its file, new names and renames after
  // the last sync of their directory. (A deletion may come back in reality; here it stays.)
  // REQUIRES: CutPower was called, and no file is open
  void DropUnsynced();

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
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

  // For the files and directories that this gives out.
  // What a write of `size` bytes may do: how many of them it writes, and what it says after that.
  struct Permission {
    std::size_t bytes;
    rocksdb::IOStatus status;
  };
  Permission AskToWrite(std::size_t size);
  rocksdb::IOStatus AskToSync(const std::string& path);
  void NoteWritten(const std::string& path, std::uint64_t size);
  void NoteSynced(const std::string& path);
  void NoteDirectorySynced(const std::string& dir);

 private:
  struct FileState {
    std::uint64_t size = 0;
    std::uint64_t durable_size = 0;
    bool name_is_durable = false;
    // A sync failed: later ones say ok and change nothing.
    bool lost = false;
  };
  struct Rename {
    std::string from;
    std::string to;
    // Of what had the name before.
    std::optional<std::string> replaced;
  };

  bool IsDueLocked(Fault fault, std::uint64_t count) const;

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  Fault fault_ = Fault::kNone;
  std::uint64_t due_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t syncs_ = 0;
  bool fired_ = false;
  bool dead_ = false;
  // Only files that were written through this.
  std::map<std::string, FileState> files_;
  // Not yet durable, oldest first.
  std::vector<Rename> renames_;
};

}  // namespace lumbung
