// The events of a ledger's shards for subcommands that pass them on: from its folder, which is then
// owned, or from the server that owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "engine/feed/event_source.h"
#include "engine/store/lock.h"
#include "engine/store/log_store.h"

namespace lumbung {

class Feeds {
 public:
  // Nothing comes after what is there. Only what is on disk is given: what a killed owner left
  // behind unsynced is synced first.
  static Result<Feeds> OfFolder(const std::string& dir);

  // By number; they must not outlive this. To be taken once.
  std::vector<std::unique_ptr<EventSource>> Take() { return std::move(feeds_); }

  std::uint32_t shards() const { return static_cast<std::uint32_t>(logs_.size()); }
  // REQUIRES: shard < shards()
  const LogStore& log(std::uint32_t shard) const { return *logs_[shard]; }
  // Another feed of a shard; it must not outlive this.
  Result<std::unique_ptr<EventSource>> Open(std::uint32_t shard) const;

 private:
  Feeds() = default;

  std::optional<DirectoryLock> lock_;
  std::vector<std::unique_ptr<LogStore>> logs_;
  std::vector<std::unique_ptr<EventSource>> feeds_;
};

}  // namespace lumbung
