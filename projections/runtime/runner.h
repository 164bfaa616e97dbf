// Drives projections from the feeds of their shards: one thread a shard reads, one takes, which has
// each projection's share done on a thread of its own where there is much.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/status.h"
#include "engine/feed/event_source.h"
#include "projections/runtime/feed_reader.h"
#include "projections/runtime/instance.h"

namespace lumbung {

// By shard.
using ShardFeeds = std::map<std::uint32_t, std::unique_ptr<EventSource>>;

struct RunnerOptions {
  // A batch is committed when it has so many events, times the projection's scale, or when so much
  // time went by since its first one and no more are there.
  std::size_t batch_events = 65'536;
  std::chrono::microseconds batch_time{3'000};
  // Ends when every feed has come to its end.
  bool once = false;
  // Last event to take of a shard; no limit where there is none.
  std::map<std::uint32_t, std::uint64_t> through = {};
  // Called on the thread that takes: after each commit, and once, when it has ended.
  std::function<void()> on_commit = {};
  std::function<void()> on_end = {};
  // Called on the thread that takes, once for each instance that stops.
  std::function<void(const ProjectionInstance&)> on_stop = {};
};

// Instances are used by its thread alone, but for what is thread-safe, until it has ended. An
// instance that stops does not hold up the others. Ends by itself when all of them have stopped,
// when a feed fails, which stops them all, or when it has come to the end and that was asked for.
class Runner {
 public:
  // Each instance has the feeds' shards. Instances must outlive it.
  Runner(std::vector<ProjectionInstance*> instances, ShardFeeds feeds, RunnerOptions options);
  // Stops where it has not ended.
  ~Runner();

  // Commits what is in hand and ends. Thread-safe.
  void Stop();
  // Thread-safe.
  bool ended() const { return ended_; }
  // Waits until it has ended. Thread-safe.
  void Wait() const { ended_.wait(false); }

 private:
  void Run();
  void Take(const Chunk& chunk);
  static void TakeInto(ProjectionInstance& instance, const Chunk& chunk);
  void Commit();
  // At the same time where so many events are worth it.
  void ForEachInstance(std::size_t events,
                       const std::function<void(ProjectionInstance&)>& work) const;
  void StopAll(const std::string& why);
  void TellWhoStopped();
  bool HasBatch() const;
  bool IsDry() const;
  bool IsAtEnd() const;

  const std::vector<ProjectionInstance*> instances_;
  const RunnerOptions options_;
  ChunkQueue queue_;
  std::vector<std::unique_ptr<FeedReader>> readers_;

  // Below by its thread.
  std::map<std::uint32_t, bool> dry_;
  std::set<const ProjectionInstance*> stopped_;
  std::chrono::steady_clock::time_point first_at_;

  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace lumbung
