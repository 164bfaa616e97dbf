#include "engine/store/block_format.h"

#include "engine/base/check.h"

namespace lumbung {
namespace {

// The count has room for the smallest events.
static_assert(kSegmentTargetBytes / kEventHeaderBytes <= 65'535);

std::uint8_t* Bytes(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

}  // namespace

Segment& BlockBuilder::SegmentWithSpace(std::uint64_t sequence, std::size_t framed_size) {
  if (used_ > 0) {
    Segment& last = segments_[used_ - 1];
    if (last.bytes.size() + framed_size <= kSegmentTargetBytes) {
      return last;
    }
  }
  if (used_ == segments_.size()) {
    segments_.emplace_back();
    segments_.back().bytes.reserve(kSegmentTargetBytes);
  }
  Segment& next = segments_[used_++];
  next.first_sequence = sequence;
  next.count = 0;
  next.bytes.assign(kSegmentHeaderBytes, '\0');
  return next;
}

std::uint8_t* BlockBuilder::Reserve(std::uint64_t sequence, std::size_t size) {
  LUMBUNG_CHECK(size <= kMaxEventBytes && !finished_);
  LUMBUNG_CHECK(empty() || sequence == last_sequence() + 1);
  Segment& segment = SegmentWithSpace(sequence, kEventHeaderBytes + size);
  const std::size_t offset = segment.bytes.size();
  segment.bytes.resize(offset + kEventHeaderBytes + size);
  std::uint8_t* const out = Bytes(segment.bytes) + offset;
  StoreBigEndian(out, static_cast<std::uint16_t>(size));
  ++segment.count;
  events_.push_back({static_cast<std::uint32_t>(used_ - 1), static_cast<std::uint32_t>(offset)});
  bytes_ += size;
  return out + kEventHeaderBytes;
}

void BlockBuilder::Finish() {
  LUMBUNG_CHECK(!empty() && !finished_);
  for (std::size_t i = 0; i < used_; ++i) {
    std::uint8_t* const out = Bytes(segments_[i].bytes);
    out[0] = kSegmentVersion;
    out[1] = i + 1 == used_ ? kLastOfBlock : 0;
    StoreBigEndian(out + 2, segments_[i].count);
  }
  finished_ = true;
}

void BlockBuilder::Clear() {
  used_ = 0;
  events_.clear();
  bytes_ = 0;
  finished_ = false;
}

std::string_view BlockBuilder::Event(std::uint64_t sequence) const {
  LUMBUNG_CHECK(!empty() && sequence >= first_sequence() && sequence <= last_sequence());
  const Position& at = events_[sequence - first_sequence()];
  const std::string_view framed = std::string_view(segments_[at.segment].bytes).substr(at.offset);
  return framed.substr(kEventHeaderBytes, LoadBigEndian<std::uint16_t>(framed.data()));
}

std::span<char> BlockBuilder::MutableEvent(std::uint64_t sequence) {
  const std::string_view event = Event(sequence);
  std::string& segment = segments_[events_[sequence - first_sequence()].segment].bytes;
  return {segment.data() + (event.data() - segment.data()), event.size()};
}

Result<SegmentReader> SegmentReader::Open(std::string_view segment) {
  const auto damaged = [](const char* why) {
    return Status::Corruption(std::string("not a segment of events: ") + why);
  };
  if (segment.size() < kSegmentHeaderBytes) {
    return damaged("shorter than its header");
  }
  const auto* header = reinterpret_cast<const std::uint8_t*>(segment.data());
  if (header[0] != kSegmentVersion) {
    return damaged("an unknown version");
  }
  if ((header[1] & ~kLastOfBlock) != 0) {
    return damaged("unknown flags");
  }
  SegmentReader reader;
  reader.last_of_block_ = header[1] == kLastOfBlock;
  reader.count_ = LoadBigEndian<std::uint16_t>(header + 2);
  reader.rest_ = segment.substr(kSegmentHeaderBytes);
  if (reader.count_ == 0) {
    return damaged("no events");
  }
  // Walk over the lengths once, so that Next can't run out of bytes.
  std::string_view rest = reader.rest_;
  for (std::uint16_t i = 0; i < reader.count_; ++i) {
    if (rest.size() < kEventHeaderBytes) {
      return damaged("fewer events than it says");
    }
    const std::size_t size = LoadBigEndian<std::uint16_t>(rest.data());
    if (rest.size() < kEventHeaderBytes + size) {
      return damaged("its last event is cut off");
    }
    rest.remove_prefix(kEventHeaderBytes + size);
  }
  if (!rest.empty()) {
    return damaged("bytes after its last event");
  }
  return reader;
}

bool SegmentReader::Next(std::string_view& event) {
  if (rest_.empty()) {
    return false;
  }
  const std::size_t size = LoadBigEndian<std::uint16_t>(rest_.data());
  event = rest_.substr(kEventHeaderBytes, size);
  rest_.remove_prefix(kEventHeaderBytes + size);
  return true;
}

}  // namespace lumbung
