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
    feeds.feeds_.push_back(std::make_unique<LogFeed>(**log));
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
  for (const v1::ShardInfo& shard : info->shards()) {
    Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server.address);
    LUMBUNG_RETURN_IF_ERROR(client.status());
    feeds.feeds_.push_back(
        std::make_unique<RemoteFeed>(std::move(*client), shard.shard(), shard.head()));
  }
  return feeds;
}

}  // namespace lumbung
