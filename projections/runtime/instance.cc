#include "projections/runtime/instance.h"

#include <algorithm>
#include <utility>

namespace lumbung {

std::uint64_t LagEvents(const ProjectionStatus& status) {
  std::uint64_t lag = 0;
  for (const auto& [shard, progress] : status.shards) {
    lag += progress.head - std::min(progress.head, progress.position.sequence);
  }
  return lag;
}

std::int64_t LagMicros(const ProjectionStatus& status, std::int64_t now) {
  std::int64_t lag = 0;
  for (const auto& [shard, progress] : status.shards) {
    if (progress.head > progress.position.sequence && progress.position.sequence != 0) {
      lag = std::max(lag, now - progress.position.recorded_at);
    }
  }
  return lag;
}

Result<std::unique_ptr<ProjectionInstance>> ProjectionInstance::Open(
    std::unique_ptr<Projection> projection, const std::string& dir,
    const std::vector<std::uint32_t>& shards, const ProjectionStoreOptions& options) {
  Result<std::unique_ptr<ProjectionStore>> store =
      ProjectionStore::Open(dir, projection->identity(), options);
  LUMBUNG_RETURN_IF_ERROR(store.status());
  Positions positions = (*store)->view()->positions();
  const bool is_new = positions.empty();
  for (const std::uint32_t shard : shards) {
    positions[shard];
  }
  if (positions.size() != shards.size() ||
      (!is_new && (*store)->view()->positions().size() != shards.size())) {
    return Status::Refused("the rows in " + dir +
                           " are of other shards than those asked for: build them anew, or give "
                           "these a folder of their own");
  }
  LUMBUNG_RETURN_IF_ERROR(projection->Open((*store)->rows()));
  std::unique_ptr<ProjectionInstance> instance(
      new ProjectionInstance(std::move(projection), std::move(*store)));
  instance->taken_ = positions;
  for (const auto& [shard, position] : positions) {
    instance->opened_at_[shard] = position.sequence;
  }
  instance->status_.identity = instance->projection_->identity();
  for (const auto& [shard, position] : positions) {
    instance->status_.shards[shard].position = position;
  }
  return instance;
}

void ProjectionInstance::Take(std::uint32_t shard, const ReadEvent& read) {
  if (stopped_) {
    return;
  }
  Position& last = taken_.at(shard);
  StopReason reason;
  reason.shard = shard;
  switch (const Link link = CheckLink(last, read, reason)) {
    case Link::kNext:
      break;
    case Link::kSeen:
    case Link::kStale:
      return NoteSkipped(shard, link);
    case Link::kBroken:
      // What came before is good, and is where one looks for the reason.
      Commit();
      return StopAt(std::move(reason));
  }
  const v1::Event& event = *read.event;
  if (in_hand_ != 0 && projection_->NeedsCommitBefore(event)) {
    Commit();
    if (stopped_) {
      return;
    }
  }
  if (read.unknown_body == 0) {
    const Status applied = projection_->Apply({shard, event, read.hash}, store_->rows());
    if (!applied.ok()) {
      // It may have been taken in half: what is in hand is given up.
      reason.expected = "an event that can be applied";
      reason.found = applied.message();
      return StopAt(std::move(reason));
    }
  }
  last = {.sequence = event.sequence(),
          .hash = read.hash,
          .recorded_at = event.recorded_at(),
          .epoch = event.epoch(),
          .offset = read.offset};
  ++in_hand_;
}

void ProjectionInstance::NoteSkipped(std::uint32_t shard, Link link) {
  const std::lock_guard lock(mutex_);
  ShardProgress& progress = status_.shards.at(shard);
  if (taken_.at(shard).sequence == opened_at_.at(shard)) {
    return;  // the feed has yet to come to where this one is
  }
  ++(link == Link::kStale ? progress.stale : progress.seen_again);
}

void ProjectionInstance::Commit() {
  if (stopped_ || in_hand_ == 0) {
    return;
  }
  const Status committed = store_->Commit(
      [this](RowWriter& out) { return projection_->Finish(store_->rows(), out); }, taken_);
  if (!committed.ok()) {
    return Stop(committed.message());
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [shard, position] : taken_) {
      ShardProgress& progress = status_.shards.at(shard);
      progress.position = position;
      progress.head = std::max(progress.head, position.sequence);
    }
    status_.events += in_hand_;
  }
  in_hand_ = 0;
  changed_.notify_all();
}

bool ProjectionInstance::CommitWhenFull(std::size_t batch_events) {
  const bool full = has_batch() && in_hand_ >= batch_events * projection_->batch_scale();
  if (full) {
    Commit();
  }
  return full;
}

void ProjectionInstance::NoteHead(std::uint32_t shard, std::uint64_t head) {
  const std::lock_guard lock(mutex_);
  std::uint64_t& known = status_.shards.at(shard).head;
  known = std::max(known, head);
}

void ProjectionInstance::StopAt(StopReason reason) {
  const std::string why = reason.ToString();
  {
    const std::lock_guard lock(mutex_);
    if (status_.stopped.empty()) {
      status_.reason = std::move(reason);
    }
  }
  Stop(why);
}

void ProjectionInstance::Stop(const std::string& why) {
  stopped_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (status_.stopped.empty()) {
      status_.stopped = why;
    }
  }
  changed_.notify_all();
}

ProjectionStatus ProjectionInstance::status() const {
  ProjectionStatus status;
  {
    const std::lock_guard lock(mutex_);
    status = status_;
  }
  status.store = store_->Stats();
  return status;
}

bool ProjectionInstance::WaitFor(std::uint32_t shard, std::uint64_t sequence,
                                 std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  const auto found = status_.shards.find(shard);
  if (found == status_.shards.end()) {
    return false;
  }
  const auto is_there = [&] { return found->second.position.sequence >= sequence; };
  changed_.wait_until(lock, deadline, [&] { return is_there() || !status_.stopped.empty(); });
  return is_there();
}

}  // namespace lumbung
