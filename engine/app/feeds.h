// The events of a ledger's shards for subcommands that pass them on: from its folder, which is then
// owned, or from the server that owns it.
#pragma once

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

  // By number; they must not outlive this. To be taken once.
  std::vector<std::unique_ptr<EventSource>> Take() { return std::move(feeds_); }

 private:
  Feeds() = default;

  std::optional<DirectoryLock> lock_;
  std::vector<std::unique_ptr<LogStore>> logs_;
  std::vector<std::unique_ptr<EventSource>> feeds_;
};

}  // namespace lumbung
