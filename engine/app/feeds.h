// The events of a ledger's shards for subcommands that pass them on: from its folder, which is then
// owned, or from the server that owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/server_access.h"
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
  // Goes on with events as they come.
  static Result<Feeds> OfServer(const ServerArguments& server);

  std::uint32_t shards() const { return static_cast<std::uint32_t>(heads_.size()); }
  // Another feed of a shard; it must not outlive this. REQUIRES: shard < shards()
  Result<std::unique_ptr<EventSource>> Open(std::uint32_t shard) const;
  // One of each shard, by number.
  Result<std::vector<std::unique_ptr<EventSource>>> OpenAll() const;
  // REQUIRES: of a folder, shard < shards()
  const LogStore& log(std::uint32_t shard) const { return *logs_[shard]; }

 private:
  Feeds() = default;

  // Each shard's last event, as it was in the beginning.
  std::vector<std::uint64_t> heads_;
  // Of a folder.
  std::optional<DirectoryLock> lock_;
  std::vector<std::unique_ptr<LogStore>> logs_;
  // Of a server.
  ServerArguments server_;
};

}  // namespace lumbung
