// The feed of one shard from its partition in Kafka, for projections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "connectors/kafka/client.h"
#include "connectors/kafka/settings.h"
#include "engine/base/status.h"
#include "engine/feed/event_source.h"

namespace lumbung {

// How many shards have a partition in the topic. NotFound where there is no such topic; otherwise
// Refused or IoError, and Cancelled where `stop` says so.
Result<std::uint32_t> CountPartitions(const KafkaSettings& settings,
                                      const std::function<bool()>& stop);

// Gives what is committed, record by record as it lies there; whether it links is for the taker to
// check, who may be given events again that it has seen. It belongs to no group and keeps no
// offsets: Seek looks for the event in the partition, which may take some seconds, and is then an
// error (status()) where the brokers don't answer.
//
// Brokers that are away are waited for, as long as `patience` says where there are events that are
// known of. A topic that is deleted, or does not reach to where it did, is an error. Head is where
// the partition ended at the last Seek, or the highest event that came since.
class TopicFeed : public EventSource {
 public:
  static Result<std::unique_ptr<TopicFeed>> Open(const KafkaSettings& settings, std::uint32_t shard,
                                                 std::optional<std::chrono::milliseconds> patience);
  ~TopicFeed() override;
  TopicFeed(const TopicFeed&) = delete;
  TopicFeed& operator=(const TopicFeed&) = delete;

  void Seek(std::uint64_t sequence) override;
  bool Next(FeedEvent& event) override;
  const Status& status() const override { return status_; }
  bool Wait(std::chrono::milliseconds timeout) override;
  void Wake() override;
  Result<std::string> Get(std::uint64_t sequence) override;
  std::uint64_t Head() const override { return head_; }

 private:
  TopicFeed(const KafkaSettings& settings, std::uint32_t shard,
            std::optional<std::chrono::milliseconds> patience, std::unique_ptr<KafkaClient> client);

  Result<std::int64_t> OffsetOf(std::uint64_t sequence);
  // The next record, or an error as one; waits for it.
  KafkaMessage Fetch(std::chrono::milliseconds timeout);
  void Stop();
  void NoteHead(std::uint64_t sequence);
  // While nothing comes: whether that is to last.
  void CheckSilence();

  // Constant after construction.
  const KafkaSettings settings_;
  const std::int32_t partition_;
  const std::string what_;
  const std::optional<std::chrono::milliseconds> patience_;
  const std::unique_ptr<KafkaClient> client_;
  const KafkaTopic topic_;
  const KafkaQueue queue_;

  std::atomic<std::uint64_t> head_ = 0;
  std::atomic<bool> woken_ = false;

  // The reader's of events alone.
  bool started_ = false;
  // What Next gave last, and what it will give.
  KafkaMessage record_;
  KafkaMessage ahead_;
  // The event behind the highest that was given.
  std::uint64_t next_ = 1;
  // For so long it was waited for a record.
  std::chrono::steady_clock::duration silence_{0};
  Status status_;
};

}  // namespace lumbung
