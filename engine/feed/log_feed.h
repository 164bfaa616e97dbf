// The feed of whoever owns the log, or reads one that nobody owns.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/feed/event_source.h"
#include "engine/store/block_format.h"
#include "engine/store/log_store.h"

namespace lumbung {

class LogFeed : public EventSource {
 public:
  // Calls `wake` once, when the event at `sequence` is durable: Shard::WhenDurable.
  using WhenDurable = std::function<void(std::uint64_t sequence, std::function<void()> wake)>;

  // The log must outlive it. Without `when_durable` nothing is taken to come after the head.
  explicit LogFeed(const LogStore& log, WhenDurable when_durable = nullptr);

  void Seek(std::uint64_t sequence) override;
  bool Next(FeedEvent& event) override;
  const Status& status() const override { return status_; }
  bool Wait(std::chrono::milliseconds timeout) override;
  void Wake() override;
  Result<std::string> Get(std::uint64_t sequence) override { return log_.ReadEvent(sequence); }
  std::uint64_t Head() const override { return log_.head().sequence; }

 private:
  // Outlives the feed where the shard is still to call.
  struct Bell {
    std::mutex mutex;
    std::condition_variable rung_changed;
    // Below is guarded by mutex.
    bool rung = false;

    void Ring();
  };

  bool OpenNextSegment();

  const LogStore& log_;
  const WhenDurable when_durable_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  std::unique_ptr<LogStore::Cursor> cursor_;
  std::optional<SegmentReader> segment_;
  // Of the segment's next event.
  std::uint64_t position_ = 0;
  std::uint64_t next_ = 1;
  // The event that the shard was last asked to tell of.
  std::uint64_t asked_for_ = 0;
  Status status_;
};

}  // namespace lumbung
