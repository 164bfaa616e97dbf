#include "projections/runtime/runner.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/thread_name.h"

namespace lumbung {
namespace {

using SteadyClock = std::chrono::steady_clock;

// In all, over all shards: so much is read ahead.
constexpr std::size_t kChunks = 8;
// Whoever wants it to end closes the queue.
constexpr std::chrono::seconds kIdle{60};
// A feed that has more is waited for so long.
constexpr std::chrono::seconds kLongestBatch{2};
// Fewer events are taken sooner than threads are made.
constexpr std::size_t kWorthThreads = 256;

}  // namespace

Runner::Runner(std::vector<ProjectionInstance*> instances, ShardFeeds feeds, RunnerOptions options)
    : instances_(std::move(instances)),
      options_(std::move(options)),
      queue_(kChunks + feeds.size()) {
  for (auto& [shard, source] : feeds) {
    // From the last event taken: it must be there, and the same.
    std::uint64_t from = std::numeric_limits<std::uint64_t>::max();
    for (const ProjectionInstance* instance : instances_) {
      from = std::min(from, std::max<std::uint64_t>(instance->position(shard).sequence, 1));
    }
    const auto through = options_.through.find(shard);
    dry_[shard] = false;
    readers_.push_back(std::make_unique<FeedReader>(shard, std::move(source), from,
                                                    through == options_.through.end()
                                                        ? std::numeric_limits<std::uint64_t>::max()
                                                        : through->second,
                                                    queue_));
  }
  thread_ = std::thread([this] { Run(); });
}

Runner::~Runner() {
  Stop();
  thread_.join();
}

void Runner::Stop() {
  stop_ = true;
  queue_.Close();
}

bool Runner::HasBatch() const {
  return std::any_of(instances_.begin(), instances_.end(),
                     [](const auto* instance) { return instance->has_batch(); });
}

bool Runner::IsDry() const {
  return std::all_of(dry_.begin(), dry_.end(), [](const auto& shard) { return shard.second; });
}

bool Runner::IsAtEnd() const {
  const bool all_stopped = std::all_of(instances_.begin(), instances_.end(),
                                       [](const auto* instance) { return instance->stopped(); });
  return all_stopped || (options_.once && !HasBatch() && IsDry());
}

void Runner::StopAll(const std::string& why) {
  for (ProjectionInstance* instance : instances_) {
    instance->Stop(why);
  }
}

void Runner::ForEachInstance(std::size_t events,
                             const std::function<void(ProjectionInstance&)>& work) const {
  std::vector<std::thread> others;
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    if (events < kWorthThreads || i + 1 == instances_.size()) {
      work(*instances_[i]);
      continue;
    }
    others.emplace_back([&work, instance = instances_[i]] {
      NameThread("projector");
      LowerThreadPriority();
      work(*instance);
    });
  }
  for (std::thread& other : others) {
    other.join();
  }
}

void Runner::TakeInto(ProjectionInstance& instance, const Chunk& chunk) {
  for (const ReadEvent& event : chunk.events) {
    instance.Take(chunk.shard, event);
  }
  instance.NoteHead(chunk.shard, chunk.head);
  const std::uint64_t taken = instance.position(chunk.shard).sequence;
  if (chunk.dry && chunk.status.ok() && chunk.head != 0 && chunk.head < taken) {
    instance.Stop("shard " + std::to_string(chunk.shard) + ": its feed ends at event " +
                  std::to_string(chunk.head) + ", but event " + std::to_string(taken) +
                  " was taken: history was put back; build the projection anew");
  }
}

void Runner::Take(const Chunk& chunk) {
  if (!HasBatch()) {
    first_at_ = SteadyClock::now();
  }
  std::atomic<bool> committed = false;
  ForEachInstance(chunk.events.size(), [&](ProjectionInstance& instance) {
    TakeInto(instance, chunk);
    if (instance.CommitWhenFull(options_.batch_events)) {
      committed = true;
    }
  });
  dry_[chunk.shard] = chunk.dry;
  if (!chunk.status.ok()) {
    Commit();
    StopAll("shard " + std::to_string(chunk.shard) + ": " + chunk.status.message());
  } else if (committed && options_.on_commit) {
    options_.on_commit();
  }
}

void Runner::Commit() {
  for (ProjectionInstance* instance : instances_) {
    instance->Commit();
  }
  if (options_.on_commit) {
    options_.on_commit();
  }
}

void Runner::TellWhoStopped() {
  for (const ProjectionInstance* instance : instances_) {
    if (instance->stopped() && stopped_.insert(instance).second && options_.on_stop) {
      options_.on_stop(*instance);
    }
  }
}

void Runner::Run() {
  NameThread("projector");
  LowerThreadPriority();
  while (!stop_ && !IsAtEnd()) {
    const bool has_batch = HasBatch();
    const std::chrono::microseconds longest = IsDry() ? options_.batch_time : kLongestBatch;
    std::unique_ptr<Chunk> chunk =
        queue_.Pop(has_batch ? first_at_ + longest : SteadyClock::now() + kIdle);
    if (chunk != nullptr) {
      Take(*chunk);
      queue_.GiveBack(std::move(chunk));
    } else if (has_batch) {
      Commit();
    }
    TellWhoStopped();
  }
  Commit();
  TellWhoStopped();
  queue_.Close();
  readers_.clear();
  ended_ = true;
  ended_.notify_all();
  if (options_.on_end) {
    options_.on_end();
  }
}

}  // namespace lumbung
