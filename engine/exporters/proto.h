// Events as they are kept, framed as in an entry bundle (FORMAT.md): length u16be, bytes.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

#include "engine/base/status.h"

namespace lumbung {

// An event's bytes are never longer (FORMAT.md).
inline constexpr std::size_t kMaxEntryBytes = 65'535;

// REQUIRES: bytes.size() <= kMaxEntryBytes
void AppendEntry(std::string_view bytes, std::string& out);

// Reads what AppendEntry wrote, entry by entry. The stream must outlive it. One thread at a time.
class EntryReader {
 public:
  explicit EntryReader(std::istream& in) : in_(in) {}

  // The next entry's bytes; false at the end. Corruption where the stream ends within an entry,
  // IoError where it can't be read.
  Result<bool> Next(std::string& bytes);

  // Entries read so far.
  std::uint64_t count() const { return count_; }

 private:
  std::istream& in_;
  std::uint64_t count_ = 0;
};

}  // namespace lumbung
