// How a block's events lie in the column family `blocks` and in exports (FORMAT.md, "Segments").
// These bytes must not change.
//
//   segment := version:u8 (=1) flags:u8 count:u16be (length:u16be bytes)*count
//   flags bit 0: last segment of its block
//
// Key of a segment: its first sequence, u64be. An event never spans two segments; a segment holds
// about 64 KiB, one event may exceed that alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"

namespace lumbung {

inline constexpr std::size_t kSegmentHeaderBytes = 4;
inline constexpr std::size_t kEventHeaderBytes = 2;
inline constexpr std::size_t kSegmentTargetBytes = 64 * 1024;
inline constexpr std::size_t kMaxEventBytes = 65'535;
inline constexpr std::uint8_t kSegmentVersion = 1;
inline constexpr std::uint8_t kLastOfBlock = 1;

struct Segment {
  std::uint64_t first_sequence = 0;
  std::uint16_t count = 0;
  std::string bytes;
};

// Collects the events of one block into segments. Buffers are kept for the next block by Clear.
// One thread at a time.
class BlockBuilder {
 public:
  // Space for one event of `size` bytes at `sequence`, valid until the next call.
  // REQUIRES: size <= kMaxEventBytes; sequences are consecutive; not after Finish
  std::uint8_t* Reserve(std::uint64_t sequence, std::size_t size);
  // Writes counts and flags; the segments are then ready to be stored. REQUIRES: !empty()
  void Finish();
  void Clear();

  bool empty() const { return events_.empty(); }
  std::uint64_t events() const { return events_.size(); }
  // REQUIRES: !empty()
  std::uint64_t first_sequence() const { return segments_.front().first_sequence; }
  std::uint64_t last_sequence() const { return first_sequence() + events() - 1; }
  // Bytes of the events, without framing.
  std::size_t bytes() const { return bytes_; }
  bool finished() const { return finished_; }
  // The segments in use.
  std::size_t segment_count() const { return used_; }
  const Segment& segment(std::size_t i) const { return segments_[i]; }
  // Bytes of an event of this block. REQUIRES: first_sequence() <= sequence <= last_sequence()
  std::string_view Event(std::uint64_t sequence) const;
  // The same, to be changed in place: what is stored is what is there then.
  std::span<char> MutableEvent(std::uint64_t sequence);

 private:
  // Where an event's length stands.
  struct Position {
    std::uint32_t segment;
    std::uint32_t offset;
  };

  Segment& SegmentWithSpace(std::uint64_t sequence, std::size_t framed_size);

  std::vector<Segment> segments_;
  std::size_t used_ = 0;
  std::vector<Position> events_;
  std::size_t bytes_ = 0;
  bool finished_ = false;
};

// Reads a segment's events one after the other. The bytes must outlive it.
class SegmentReader {
 public:
  // Corruption if the bytes are not a segment of format version 1, whole and without remainder.
  static Result<SegmentReader> Open(std::string_view segment);

  // At least 1.
  std::uint16_t count() const { return count_; }
  bool last_of_block() const { return last_of_block_; }
  // False after the last.
  bool Next(std::string_view& event);

 private:
  SegmentReader() = default;

  std::string_view rest_;
  std::uint16_t count_ = 0;
  bool last_of_block_ = false;
};

}  // namespace lumbung
