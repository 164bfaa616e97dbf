// The HEAD file: how far the log was known to be durable, kept apart from RocksDB so that a log
// that comes back shorter is noticed (FORMAT.md, "HEAD").
//
// Two slots of 512 bytes, overwritten in turn after each fsync of the log, not synced themselves.
//   slot := "LMBGHEAD" version:u32be sequence:u64be hash:32 crc32:u32be zeros
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/store/posix.h"

namespace lumbung {

struct Head {
  std::uint64_t sequence = 0;
  Hash hash{};

  bool operator==(const Head&) const = default;
};

// One thread at a time.
class HeadFile {
 public:
  // Makes the file with both slots at `head`, synced.
  static Status Create(const std::string& path, const Head& head);
  // NotFound if there is none; Corruption if a slot is damaged. A file that may only be read opens
  // too, but can't be advanced.
  static Result<HeadFile> Open(const std::string& path);

  // The newest slot that is not damaged, of a file in whatever state; nothing if there is none. For
  // reports about damage only.
  static std::optional<Head> Salvage(const std::string& path);

  // The newer of the two slots.
  const Head& head() const { return head_; }
  // Overwrites the older slot. REQUIRES: head.sequence >= this->head().sequence
  Status Advance(const Head& head);

 private:
  HeadFile() = default;

  FileDescriptor file_;
  int next_slot_ = 0;
  Head head_;
};

}  // namespace lumbung
