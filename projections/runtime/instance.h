// A projection that runs: its class, its store, and how far it has come.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/chain_check.h"
#include "projections/runtime/position.h"
#include "projections/runtime/projection.h"
#include "projections/runtime/store.h"

namespace lumbung {

struct ShardProgress {
  // As committed.
  Position position;
  // The last event that its feed knows of.
  std::uint64_t head = 0;
  // Skipped: given again by the feed after a later one, and written by an owner that had been
  // replaced.
  std::uint64_t seen_again = 0;
  std::uint64_t stale = 0;
};

struct ProjectionStatus {
  ProjectionIdentity identity;
  // By shard.
  std::map<std::uint32_t, ShardProgress> shards;
  // Since opening.
  std::uint64_t events = 0;
  // Why it takes nothing more; empty while it does.
  std::string stopped;
  // Where an event is the reason.
  std::optional<StopReason> reason;
  ProjectionStoreStats store;
};

// Events behind its feed, summed over shards.
std::uint64_t LagEvents(const ProjectionStatus& status);
// How long ago the oldest event was recorded that is taken last while others wait; 0 where none do.
std::int64_t LagMicros(const ProjectionStatus& status, std::int64_t now);

class ProjectionInstance {
 public:
  // Opens the folder `dir` for events of `shards`, which must be those of the opening before.
  static Result<std::unique_ptr<ProjectionInstance>> Open(std::unique_ptr<Projection> projection,
                                                          const std::string& dir,
                                                          const std::vector<std::uint32_t>& shards,
                                                          const ProjectionStoreOptions& options);

  // --- By one thread at a time ----------------------------------------------------------------

  // The last event taken of a shard, committed or not.
  const Position& position(std::uint32_t shard) const { return taken_.at(shard); }
  // Takes an event of a shard into the batch in hand, or skips it, or stops.
  void Take(std::uint32_t shard, const ReadEvent& event);
  // Writes the batch in hand, where there is one.
  void Commit();
  // The same where it has come to a batch of its projection, the usual one having so many events;
  // whether it had.
  bool CommitWhenFull(std::size_t batch_events);
  bool has_batch() const { return in_hand_ != 0 && !stopped_; }
  void NoteHead(std::uint32_t shard, std::uint64_t head);
  // Takes nothing more; what is in hand and not committed is dropped. The first reason stays.
  void Stop(const std::string& why);
  bool stopped() const { return stopped_; }
  Status Flush() { return store_->Flush(); }

  // --- Thread-safe ----------------------------------------------------------------------------

  std::shared_ptr<const View> view() const { return store_->view(); }
  ProjectionStatus status() const;
  // Waits until the view has come to an event; false where it stops, or the time is over.
  bool WaitFor(std::uint32_t shard, std::uint64_t sequence,
               std::chrono::steady_clock::time_point deadline) const;

 private:
  ProjectionInstance(std::unique_ptr<Projection> projection, std::unique_ptr<ProjectionStore> store)
      : store_(std::move(store)), projection_(std::move(projection)) {}

  void NoteSkipped(std::uint32_t shard, Link link);
  void StopAt(StopReason reason);

  // Constant after opening.
  // A projection may hold cursors, so it goes before its rows.
  const std::unique_ptr<ProjectionStore> store_;
  const std::unique_ptr<Projection> projection_;

  // Below by the thread that takes events.
  Positions taken_;
  // Sequences where this opening began.
  std::map<std::uint32_t, std::uint64_t> opened_at_;
  std::uint64_t in_hand_ = 0;
  bool stopped_ = false;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Below is guarded by mutex_.
  ProjectionStatus status_;
};

}  // namespace lumbung
