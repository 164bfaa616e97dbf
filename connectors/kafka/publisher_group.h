// The publishers of a ledger's shards, a thread each.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "connectors/kafka/publisher.h"
#include "engine/base/status.h"
#include "engine/feed/event_source.h"

namespace lumbung {

// Thread-safe.
class PublisherGroup {
 public:
  // PublisherOptions::report, on the thread of that shard.
  using Report = std::function<void(std::uint32_t shard, const Status& status)>;
  // A feed a shard, by number. Instead of `options.report`.
  PublisherGroup(std::vector<std::unique_ptr<EventSource>> feeds, const PublisherOptions& options,
                 Report report);
  // Stops.
  ~PublisherGroup();
  PublisherGroup(const PublisherGroup&) = delete;
  PublisherGroup& operator=(const PublisherGroup&) = delete;

  // By number.
  std::vector<PublisherStats> stats() const;
  // Each ends when it has published what is in its log now.
  void EndAtHead();
  // Each ends now, but for its last transaction.
  void Stop();
  // Whether all have ended within that time.
  bool Wait(std::chrono::milliseconds timeout);
  // The first that did not end well; OK while they run.
  Status status() const;

 private:
  struct One {
    std::unique_ptr<EventSource> feed;
    std::unique_ptr<Publisher> publisher;
    std::thread thread;
    // Guarded by mutex_.
    bool ended = false;
    Status status;
  };

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  // Constant after construction, but for what is said to be guarded.
  std::vector<std::unique_ptr<One>> all_;
};

}  // namespace lumbung
