// The events of a ledger's shards for subcommands that pass them on: from its folder, which is then
// owned, from the server that owns it, or from its topic in Kafka.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/settings.h"
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
  // Goes on with events as they come. With `patience` brokers that are away are an error after so
  // long, where there is something that they have not given yet.
  static Result<Feeds> OfTopic(const KafkaSettings& kafka,
                               std::optional<std::chrono::milliseconds> patience);

  std::uint32_t shards() const { return shards_; }
  // Another feed of a shard; it must not outlive this. REQUIRES: shard < shards()
  Result<std::unique_ptr<EventSource>> Open(std::uint32_t shard) const;
  // One of each shard, by number.
  Result<std::vector<std::unique_ptr<EventSource>>> OpenAll() const;

 private:
  Feeds() = default;

  std::uint32_t shards_ = 0;
  // Of a folder.
  std::optional<DirectoryLock> lock_;
  std::vector<std::unique_ptr<LogStore>> logs_;
  // Of a server.
  ServerArguments server_;
  // Of a topic.
  std::optional<KafkaSettings> kafka_;
  std::optional<std::chrono::milliseconds> patience_;
};

}  // namespace lumbung
