// A feed of records that a test lists: as Kafka's partition gives them, right or wrong.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/feed/event_source.h"

namespace lumbung {

// Thread-safe.
class RecordList {
 public:
  RecordList() = default;
  explicit RecordList(std::vector<std::string> records) : records_(std::move(records)) {}

  void Append(const std::string& record);
  void AppendAll(const std::vector<std::string>& records);
  // The feed knows that it goes on through this event, as one that reads from afar does.
  void Promise(std::uint64_t sequence);
  // From now on reading past the last record fails.
  void Break();

 private:
  friend class ListFeed;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::vector<std::string> records_;
  bool broken_ = false;
  std::uint64_t promised_ = 0;
};

// Begins with the first record whose event has the sequence that is sought.
class ListFeed final : public EventSource {
 public:
  explicit ListFeed(std::shared_ptr<RecordList> list) : list_(std::move(list)) {}

  void Seek(std::uint64_t sequence) override;
  bool Next(FeedEvent& event) override;
  const Status& status() const override { return status_; }
  bool Wait(std::chrono::milliseconds timeout) override;
  void Wake() override;
  Result<std::string> Get(std::uint64_t sequence) override;
  // The highest sequence in the list, or what is promised.
  std::uint64_t Head() const override;

 private:
  const std::shared_ptr<RecordList> list_;
  std::size_t next_ = 0;
  bool woken_ = false;  // guarded by the list's mutex
  std::string bytes_;
  Status status_;
};

}  // namespace lumbung
