#include "engine/serve/server/publishing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/feed/log_feed.h"
#include "engine/serve/log.h"

namespace lumbung {
namespace {

constexpr std::chrono::seconds kAgainAfterRefusal{30};
constexpr std::chrono::milliseconds kLook{50};

void LogReport(std::uint32_t shard, const Status& status) {
  if (status.ok()) {
    Log(LogLevel::kInfo, "publishing to Kafka again", {{"shard", shard}});
  } else {
    Log(LogLevel::kWarning, "events are not published to Kafka",
        {{"shard", shard}, {"why", status.message()}});
  }
}

}  // namespace

std::unique_ptr<PublisherGroup> StartPublishing(Ledger& ledger, const KafkaSettings& settings) {
  std::vector<std::unique_ptr<EventSource>> feeds;
  for (std::uint32_t number = 0; number < ledger.shards(); ++number) {
    Shard& shard = ledger.shard(number);
    feeds.push_back(std::make_unique<LogFeed>(
        shard.log(), [&shard](std::uint64_t sequence, std::function<void()> wake) {
          shard.WhenDurable(sequence, std::move(wake));
        }));
  }
  PublisherOptions options;
  options.kafka = settings;
  options.again_after_refusal = kAgainAfterRefusal;
  return std::make_unique<PublisherGroup>(std::move(feeds), options, LogReport);
}

void EndPublishing(PublisherGroup& publishers, std::chrono::system_clock::time_point deadline) {
  publishers.EndAtHead();
  const auto gets_on = [&publishers] {
    const std::vector<PublisherStats> all = publishers.stats();
    return std::any_of(all.begin(), all.end(), [](const PublisherStats& stats) {
      return stats.state == PublisherState::kPublishing;
    });
  };
  while (!publishers.Wait(kLook) && gets_on() && std::chrono::system_clock::now() < deadline) {
  }
  std::uint64_t left = 0;
  for (const PublisherStats& stats : publishers.stats()) {
    left += stats.head - stats.published;
  }
  if (left > 0) {
    Log(LogLevel::kWarning, "events will be published after the next start", {{"events", left}});
  }
  publishers.Stop();
}

}  // namespace lumbung
