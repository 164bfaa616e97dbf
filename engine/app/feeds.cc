#include "engine/app/feeds.h"

#include <utility>

#include "connectors/kafka/topic_feed.h"
#include "engine/app/ledger_access.h"
#include "engine/app/ledger_reader.h"
#include "engine/app/remote_feed.h"
#include "engine/app/signals.h"
#include "engine/feed/log_feed.h"

namespace lumbung {
namespace {

Result<v1::GetLedgerInfoResponse> AskServer(const ServerArguments& server) {
  const Result<std::unique_ptr<LedgerReader>> reader = OpenServerReader(server);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  return (*reader)->Info();
}

// What it has now: who goes on from an event must not be told that the log ends before it.
Result<std::unique_ptr<EventSource>> OpenRemote(const ServerArguments& server,
                                                std::uint32_t shard) {
  const Result<v1::GetLedgerInfoResponse> info = AskServer(server);
  LUMBUNG_RETURN_IF_ERROR(info.status());
  if (shard >= static_cast<std::uint32_t>(info->shards_size())) {
    return Status::NotFound("the server has no shard " + std::to_string(shard));
  }
  Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server.address);
  LUMBUNG_RETURN_IF_ERROR(client.status());
  return std::unique_ptr<EventSource>(std::make_unique<RemoteFeed>(
      std::move(*client), shard, info->shards(static_cast<int>(shard)).head()));
}

}  // namespace

Result<Feeds> Feeds::OfFolder(const std::string& dir) {
  const Result<std::vector<std::string>> folders = ShardFolders(dir);
  LUMBUNG_RETURN_IF_ERROR(folders.status());
  Result<DirectoryLock> lock = DirectoryLock::Acquire(dir);
  LUMBUNG_RETURN_IF_ERROR(lock.status());
  Feeds feeds;
  feeds.lock_ = std::move(*lock);
  for (const std::string& folder : *folders) {
    Result<std::unique_ptr<LogStore>> log = LogStore::Open(folder, {});
    LUMBUNG_RETURN_IF_ERROR(log.status());
    feeds.logs_.push_back(std::move(*log));
  }
  feeds.shards_ = static_cast<std::uint32_t>(feeds.logs_.size());
  return feeds;
}

Result<Feeds> Feeds::OfServer(const ServerArguments& server) {
  const Result<v1::GetLedgerInfoResponse> info = AskServer(server);
  LUMBUNG_RETURN_IF_ERROR(info.status());
  Feeds feeds;
  feeds.server_ = server;
  feeds.shards_ = static_cast<std::uint32_t>(info->shards_size());
  return feeds;
}

Result<Feeds> Feeds::OfTopic(const KafkaSettings& kafka,
                             std::optional<std::chrono::milliseconds> patience) {
  const Result<std::uint32_t> partitions = CountPartitions(kafka, StopRequested);
  LUMBUNG_RETURN_IF_ERROR(partitions.status());
  Feeds feeds;
  feeds.kafka_ = kafka;
  feeds.patience_ = patience;
  feeds.shards_ = *partitions;
  return feeds;
}

Result<std::unique_ptr<EventSource>> Feeds::Open(std::uint32_t shard) const {
  if (server_.given()) {
    return OpenRemote(server_, shard);
  }
  if (!kafka_) {
    return std::unique_ptr<EventSource>(std::make_unique<LogFeed>(*logs_[shard]));
  }
  Result<std::unique_ptr<TopicFeed>> feed = TopicFeed::Open(*kafka_, shard, patience_);
  LUMBUNG_RETURN_IF_ERROR(feed.status());
  return std::unique_ptr<EventSource>(std::move(*feed));
}

Result<std::vector<std::unique_ptr<EventSource>>> Feeds::OpenAll() const {
  std::vector<std::unique_ptr<EventSource>> all;
  for (std::uint32_t shard = 0; shard < shards(); ++shard) {
    Result<std::unique_ptr<EventSource>> feed = Open(shard);
    LUMBUNG_RETURN_IF_ERROR(feed.status());
    all.push_back(std::move(*feed));
  }
  return all;
}

}  // namespace lumbung
