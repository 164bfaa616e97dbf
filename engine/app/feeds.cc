#include "engine/app/feeds.h"

#include <utility>

#include "engine/app/ledger_access.h"
#include "engine/app/ledger_reader.h"
#include "engine/app/remote_feed.h"
#include "engine/feed/log_feed.h"

namespace lumbung {

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
    feeds.heads_.push_back((*log)->head().sequence);
    feeds.logs_.push_back(std::move(*log));
  }
  return feeds;
}

Result<Feeds> Feeds::OfServer(const ServerArguments& server) {
  const Result<std::unique_ptr<LedgerReader>> reader = OpenServerReader(server);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  const Result<v1::GetLedgerInfoResponse> info = (*reader)->Info();
  LUMBUNG_RETURN_IF_ERROR(info.status());
  Feeds feeds;
  feeds.server_ = server;
  for (const v1::ShardInfo& shard : info->shards()) {
    feeds.heads_.push_back(shard.head());
  }
  return feeds;
}

Result<std::unique_ptr<EventSource>> Feeds::Open(std::uint32_t shard) const {
  if (!server_.given()) {
    return std::unique_ptr<EventSource>(std::make_unique<LogFeed>(*logs_[shard]));
  }
  Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server_.address);
  LUMBUNG_RETURN_IF_ERROR(client.status());
  return std::unique_ptr<EventSource>(
      std::make_unique<RemoteFeed>(std::move(*client), shard, heads_[shard]));
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
