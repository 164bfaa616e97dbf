#include "engine/feed/log_feed.h"

#include <utility>

namespace lumbung {

void LogFeed::Bell::Ring() {
  const std::lock_guard lock(mutex);
  rung = true;
  rung_changed.notify_all();
}

LogFeed::LogFeed(const LogStore& log, WhenDurable when_durable)
    : log_(log), when_durable_(std::move(when_durable)) {}

void LogFeed::Seek(std::uint64_t sequence) {
  LUMBUNG_CHECK(sequence >= 1);
  segment_.reset();
  cursor_.reset();
  next_ = sequence;
  status_ = Status::Ok();
}

bool LogFeed::Next(FeedEvent& event) {
  while (status_.ok()) {
    std::string_view bytes;
    while (segment_ && segment_->Next(bytes)) {
      const std::uint64_t sequence = position_++;
      if (sequence >= next_) {
        event = {sequence, bytes, 0};
        next_ = sequence + 1;
        return true;
      }
    }
    segment_.reset();
    if (!OpenNextSegment()) {
      return false;
    }
  }
  return false;
}

// False at the end of the log, and on an error. A cursor shows one moment's log, and keeps its
// files: at its end it is let go.
bool LogFeed::OpenNextSegment() {
  if (cursor_ == nullptr) {
    if (log_.head().sequence < next_) {
      return false;
    }
    cursor_ = log_.Read(next_);
  }
  std::string_view bytes;
  if (!cursor_->Next(position_, bytes)) {
    status_ = cursor_->status();
    cursor_.reset();
    return status_.ok() && OpenNextSegment();
  }
  Result<SegmentReader> segment = SegmentReader::Open(bytes);
  if (!segment.ok()) {
    status_ = segment.status();
    return false;
  }
  segment_ = *segment;
  return true;
}

bool LogFeed::Wait(std::chrono::milliseconds timeout) {
  if (log_.head().sequence >= next_) {
    return true;
  }
  if (when_durable_ && asked_for_ != next_) {
    asked_for_ = next_;
    when_durable_(next_, [bell = bell_] { bell->Ring(); });
  }
  std::unique_lock lock(bell_->mutex);
  bell_->rung_changed.wait_for(lock, timeout, [this] { return bell_->rung; });
  bell_->rung = false;
  return log_.head().sequence >= next_;
}

void LogFeed::Wake() { bell_->Ring(); }

}  // namespace lumbung
