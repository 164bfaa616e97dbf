// The projections of a process: opens them, keeps them going, builds anew what has to be beside
// what serves, and lets them be read.
//
// A projection whose rows are of another version than the code's is not read: it is built in
// NAME.building and then put in the place of the old one. One that is asked to be built anew goes
// on serving meanwhile. One that was never built joins the others where none of them has rows yet,
// and is else built beside them, so that it does not hold them up.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"

namespace lumbung {

using ProjectionFactory = std::function<std::unique_ptr<Projection>()>;

struct HostOptions {
  // Folder of the projections' folders; made where it is missing.
  std::string base;
  std::vector<std::uint32_t> shards = {0};
  // A feed of a shard, from wherever it is sought to. Called on the host's thread.
  std::function<Result<std::unique_ptr<EventSource>>(std::uint32_t shard)> feed = {};
  // Names of those to be built anew although their rows could be read.
  std::set<std::string> rebuild = {};
  ProjectionStoreOptions store = {};
  // `once` and `on_end` are the host's own for what it builds.
  RunnerOptions runner = {};
};

struct HostedStatus {
  std::string name;
  // The one that can be read, where there is one, and the one that is being built beside it.
  std::optional<ProjectionStatus> serving;
  std::optional<ProjectionStatus> building;
  // Why there is neither; empty otherwise.
  std::string failure;
};

// Rows of one commit, and a promise that they are not moved away under the reader. To be let go
// soon.
class Reading {
 public:
  Reading() = default;
  Reading(std::shared_lock<std::shared_mutex> lock, std::shared_ptr<const View> view)
      : lock_(std::move(lock)), view_(std::move(view)) {}

  explicit operator bool() const { return view_ != nullptr; }
  const View& operator*() const { return *view_; }
  const View* operator->() const { return view_.get(); }

 private:
  std::shared_lock<std::shared_mutex> lock_;
  std::shared_ptr<const View> view_;
};

// Thread-safe.
class ProjectionHost {
 public:
  // Opens what there is, and starts its thread; what can't be opened is said by Statuses.
  ProjectionHost(std::vector<ProjectionFactory> factories, HostOptions options);
  // Stops where it has not ended.
  ~ProjectionHost();

  // Commits what is in hand and ends. Views go on for who has one.
  void Stop();
  // Waits until it has ended, at most so long: by Stop, when all projections have stopped, or at
  // the end of the feeds where that was asked for. Returns whether it has.
  bool WaitFor(std::chrono::milliseconds timeout);

  std::vector<HostedStatus> Statuses() const;
  // Nothing where there is no such projection, or none that can be read: see Statuses.
  Reading Read(std::string_view name) const;
  // Waits until the one that can be read has come to an event; false where it can't or does not.
  bool WaitFor(std::string_view name, std::uint32_t shard, std::uint64_t sequence,
               std::chrono::steady_clock::time_point deadline) const;

 private:
  struct Slot {
    std::string name;
    ProjectionFactory make;
    // Held by readers; alone by who opens or closes.
    mutable std::shared_mutex mutex;
    // It waits for those who read: no more are let in.
    std::atomic<bool> closing = false;
    // Below is guarded by mutex.
    std::shared_ptr<ProjectionInstance> serving;
    std::shared_ptr<ProjectionInstance> building;
    std::string failure;
  };
  enum class Kept { kNothing, kReadable, kOther };

  const Slot* Find(std::string_view name) const;
  void Run();
  // What the folder of a slot holds; after it, an interrupted change is at its end.
  Result<Kept> LookAt(const Slot& slot) const;
  void OpenAll();
  void OpenServing(Slot& slot);
  void OpenBuilding(Slot& slot);
  Result<std::shared_ptr<ProjectionInstance>> OpenIn(const Slot& slot, const std::string& folder);
  // Puts those that were built in the place of the old ones.
  void SwitchBuilt();
  void Switch(Slot& slot);
  // Null where there is nothing to run.
  std::unique_ptr<Runner> StartRunner(std::shared_ptr<ProjectionInstance> Slot::*which, bool once);
  void Fail(Slot& slot, const Status& status);

  const HostOptions options_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  bool stop_ = false;
  bool ended_ = false;

  std::thread thread_;
};

}  // namespace lumbung
