#include "engine/app/feeds.h"

#include <utility>

#include "engine/app/ledger_access.h"
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

Result<std::unique_ptr<EventSource>> Feeds::Open(std::uint32_t shard) const {
  return std::unique_ptr<EventSource>(std::make_unique<LogFeed>(*logs_[shard]));
}

}  // namespace lumbung
