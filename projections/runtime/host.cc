#include "projections/runtime/host.h"

#include <algorithm>

#include "projections/runtime/folder.h"

namespace lumbung {

ProjectionHost::ProjectionHost(std::vector<ProjectionFactory> factories, HostOptions options)
    : options_(std::move(options)) {
  for (ProjectionFactory& make : factories) {
    auto slot = std::make_unique<Slot>();
    slot->name = make()->identity().name;
    slot->make = std::move(make);
    slots_.push_back(std::move(slot));
  }
  OpenAll();
  thread_ = std::thread([this] { Run(); });
}

ProjectionHost::~ProjectionHost() {
  Stop();
  thread_.join();
}

void ProjectionHost::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

bool ProjectionHost::WaitFor(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return ended_; });
}

const ProjectionHost::Slot* ProjectionHost::Find(std::string_view name) const {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const auto& slot) { return slot->name == name; });
  return found == slots_.end() ? nullptr : found->get();
}

std::vector<HostedStatus> ProjectionHost::Statuses() const {
  std::vector<HostedStatus> statuses;
  for (const auto& slot : slots_) {
    const std::shared_lock lock(slot->mutex);
    HostedStatus& status = statuses.emplace_back();
    status.name = slot->name;
    status.failure = slot->failure;
    if (slot->serving != nullptr) {
      status.serving = slot->serving->status();
    }
    if (slot->building != nullptr) {
      status.building = slot->building->status();
    }
  }
  return statuses;
}

Reading ProjectionHost::Read(std::string_view name) const {
  const Slot* slot = Find(name);
  if (slot == nullptr || slot->closing) {
    return {};
  }
  std::shared_lock lock(slot->mutex);
  if (slot->serving == nullptr) {
    return {};
  }
  std::shared_ptr<const View> view = slot->serving->view();
  return {std::move(lock), std::move(view)};
}

bool ProjectionHost::WaitFor(std::string_view name, std::uint32_t shard, std::uint64_t sequence,
                             std::chrono::steady_clock::time_point deadline) const {
  const Slot* slot = Find(name);
  if (slot == nullptr) {
    return false;
  }
  const std::shared_lock lock(slot->mutex);
  return slot->serving != nullptr && slot->serving->WaitFor(shard, sequence, deadline);
}

void ProjectionHost::Fail(Slot& slot, const Status& status) {
  const std::unique_lock lock(slot.mutex);
  slot.failure = status.message();
}

Result<ProjectionHost::Kept> ProjectionHost::LookAt(const Slot& slot) const {
  LUMBUNG_RETURN_IF_ERROR(PrepareProjectionFolder(options_.base, slot.name));
  const Result<std::optional<ProjectionIdentity>> identity =
      ProjectionStore::ReadIdentity(ProjectionFolder(options_.base, slot.name), options_.store);
  LUMBUNG_RETURN_IF_ERROR(identity.status());
  if (!identity->has_value()) {
    return Kept::kNothing;
  }
  return **identity == slot.make()->identity() ? Kept::kReadable : Kept::kOther;
}

Result<std::shared_ptr<ProjectionInstance>> ProjectionHost::OpenIn(const Slot& slot,
                                                                   const std::string& folder) {
  Result<std::unique_ptr<ProjectionInstance>> instance =
      ProjectionInstance::Open(slot.make(), folder, options_.shards, options_.store);
  LUMBUNG_RETURN_IF_ERROR(instance.status());
  return std::shared_ptr<ProjectionInstance>(std::move(*instance));
}

void ProjectionHost::OpenServing(Slot& slot) {
  Result<std::shared_ptr<ProjectionInstance>> instance =
      OpenIn(slot, ProjectionFolder(options_.base, slot.name));
  if (!instance.ok()) {
    return Fail(slot, instance.status());
  }
  const std::unique_lock lock(slot.mutex);
  slot.serving = std::move(*instance);
}

// Goes on with a building that was interrupted, where the code still is the same.
void ProjectionHost::OpenBuilding(Slot& slot) {
  const std::string folder = BuildingFolder(options_.base, slot.name);
  const Result<std::optional<ProjectionIdentity>> begun =
      ProjectionStore::ReadIdentity(folder, options_.store);
  if (!begun.ok() || *begun != slot.make()->identity()) {
    if (const Status deleted = DeleteProjectionFolder(folder); !deleted.ok()) {
      return Fail(slot, deleted);
    }
  }
  Result<std::shared_ptr<ProjectionInstance>> instance = OpenIn(slot, folder);
  if (!instance.ok()) {
    return Fail(slot, instance.status());
  }
  const std::unique_lock lock(slot.mutex);
  slot.building = std::move(*instance);
}

void ProjectionHost::OpenAll() {
  std::vector<Slot*> fresh;
  bool others_have_rows = false;
  for (const auto& slot : slots_) {
    const Result<Kept> kept = LookAt(*slot);
    if (!kept.ok()) {
      Fail(*slot, kept.status());
      continue;
    }
    switch (*kept) {
      case Kept::kNothing:
        fresh.push_back(slot.get());
        break;
      case Kept::kReadable:
        OpenServing(*slot);
        others_have_rows = true;
        if (options_.rebuild.contains(slot->name)) {
          OpenBuilding(*slot);
        }
        break;
      case Kept::kOther:
        OpenBuilding(*slot);
        break;
    }
  }
  for (Slot* slot : fresh) {
    others_have_rows ? OpenBuilding(*slot) : OpenServing(*slot);
  }
}

std::unique_ptr<Runner> ProjectionHost::StartRunner(
    std::shared_ptr<ProjectionInstance> Slot::*which, bool once) {
  std::vector<ProjectionInstance*> instances;
  for (const auto& slot : slots_) {
    if (ProjectionInstance* instance = ((*slot).*which).get();
        instance != nullptr && !instance->stopped()) {
      instances.push_back(instance);
    }
  }
  if (instances.empty()) {
    return nullptr;
  }
  ShardFeeds feeds;
  for (const std::uint32_t shard : options_.shards) {
    Result<std::unique_ptr<EventSource>> feed = options_.feed(shard);
    if (!feed.ok()) {
      for (ProjectionInstance* instance : instances) {
        instance->Stop("the feed of shard " + std::to_string(shard) +
                       " can't be opened: " + feed.status().message());
      }
      return nullptr;
    }
    feeds[shard] = std::move(*feed);
  }
  RunnerOptions runner = options_.runner;
  runner.once = once;
  runner.on_end = [this] {
    { const std::lock_guard lock(mutex_); }  // so that the call is not lost
    changed_.notify_all();
  };
  return std::make_unique<Runner>(std::move(instances), std::move(feeds), std::move(runner));
}

void ProjectionHost::Switch(Slot& slot) {
  slot.closing = true;
  const std::unique_lock lock(slot.mutex);
  slot.closing = false;
  // Nobody may have either folder open.
  slot.serving.reset();
  slot.building.reset();
  Status status = SwitchProjectionFolder(options_.base, slot.name);
  if (status.ok()) {
    Result<std::shared_ptr<ProjectionInstance>> instance =
        OpenIn(slot, ProjectionFolder(options_.base, slot.name));
    status = instance.status();
    if (instance.ok()) {
      slot.serving = std::move(*instance);
    }
  }
  slot.failure = status.message();
}

void ProjectionHost::SwitchBuilt() {
  for (const auto& slot : slots_) {
    if (slot->building == nullptr || slot->building->stopped()) {
      continue;
    }
    if (const Status flushed = slot->building->Flush(); flushed.ok()) {
      Switch(*slot);
    } else {
      slot->building->Stop(flushed.message());
    }
  }
}

void ProjectionHost::Run() {
  bool stop = false;
  while (!stop) {
    std::unique_ptr<Runner> building = StartRunner(&Slot::building, true);
    std::unique_ptr<Runner> serving = StartRunner(&Slot::serving, options_.runner.once);
    bool built = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] {
        built = building != nullptr && building->ended();
        return stop_ || built || ((serving == nullptr || serving->ended()) && building == nullptr);
      });
      stop = stop_;
    }
    // Both end before anything is moved.
    building.reset();
    serving.reset();
    if (stop || !built) {
      break;
    }
    SwitchBuilt();
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

}  // namespace lumbung
