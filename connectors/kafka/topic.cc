#include "connectors/kafka/topic.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

using Stop = std::function<bool()>;

// In steps, so that a stop is seen.
constexpr int kStepMs = 500;
constexpr milliseconds kAnswer{5'000};
constexpr milliseconds kUntilMade{15'000};
constexpr milliseconds kAskAgain{50};
// What librdkafka puts into one batch at most, with its own defaults.
constexpr long long kMaxBatchBytes = 1'000'000;

struct Metadata {
  bool exists = false;
  std::uint32_t partitions = 0;
  // Each partition has a leader.
  bool led = true;
};

// What the topic must be like, whoever made it.
struct Wanted {
  const char* name;
  const char* value;
  const char* why;
};
constexpr std::array kWanted{
    Wanted{"cleanup.policy", "delete", "compaction would remove events, and break the chain"},
    Wanted{"retention.ms", "-1", "events are kept for ever"},
    Wanted{"retention.bytes", "-1", "events are kept for ever"},
};

Status Stopped(const std::string& what) { return Status::Cancelled(what + ": stopped"); }

Result<Metadata> ReadMetadata(const KafkaClient& reader, const std::string& name,
                              const Stop& stop) {
  const std::string what = "asking the brokers for topic " + name;
  const KafkaTopic topic(rd_kafka_topic_new(reader.handle(), name.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
  const auto end = steady_clock::now() + kAnswer;
  while (error != RD_KAFKA_RESP_ERR_NO_ERROR && steady_clock::now() < end && !reader.Denied()) {
    if (stop()) {
      return Stopped(what);
    }
    error = rd_kafka_metadata(reader.handle(), 0, topic.get(), &raw, kStepMs);
    // The errors of connections.
    rd_kafka_poll(reader.handle(), 0);
  }
  const std::unique_ptr<const rd_kafka_metadata_t, FreeWith<rd_kafka_metadata_destroy>> found(raw);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(error, what, rd_kafka_err2str(error) + reader.Trouble());
  }
  Metadata metadata;
  if (found->topic_cnt != 1 || found->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return metadata;
  }
  const rd_kafka_metadata_topic_t& its = found->topics[0];
  // While a topic is being made, its leaders are not known yet.
  if (its.err != RD_KAFKA_RESP_ERR_NO_ERROR && its.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
    return KafkaStatus(its.err, what);
  }
  metadata.exists = true;
  metadata.partitions = static_cast<std::uint32_t>(its.partition_cnt);
  metadata.led = its.partition_cnt > 0;
  for (int i = 0; i < its.partition_cnt; ++i) {
    metadata.led = metadata.led && its.partitions[i].leader >= 0;
  }
  return metadata;
}

// Waits for the answer to an admin request that was sent to `queue`.
Result<KafkaEvent> Await(const KafkaQueue& queue, const std::string& what, const Stop& stop) {
  const auto end = steady_clock::now() + kAnswer;
  KafkaEvent event;
  while (event == nullptr) {
    if (stop()) {
      return Stopped(what);
    }
    if (steady_clock::now() > end) {
      return Status::IoError(what + ": the brokers do not answer");
    }
    event.reset(rd_kafka_queue_poll(queue.get(), kStepMs));
  }
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(error, what, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

Status MakeTopic(const KafkaClient& reader, const KafkaSettings& settings, std::uint32_t shards,
                 const Stop& stop) {
  std::array<char, 512> error{};
  const int replication = settings.replication == 0 ? -1 : static_cast<int>(settings.replication);
  rd_kafka_NewTopic_t* raw = rd_kafka_NewTopic_new(settings.topic.c_str(), static_cast<int>(shards),
                                                   replication, error.data(), error.size());
  if (raw == nullptr) {
    return Status::InvalidArgument("topic " + settings.topic + ": " + error.data());
  }
  const std::unique_ptr<rd_kafka_NewTopic_t, FreeWith<rd_kafka_NewTopic_destroy>> topic(raw);
  for (const Wanted& wanted : kWanted) {
    rd_kafka_NewTopic_set_config(raw, wanted.name, wanted.value);
  }
  if (replication >= 3) {
    // What is acknowledged outlives the loss of a machine.
    rd_kafka_NewTopic_set_config(raw, "min.insync.replicas", "2");
  }
  const KafkaQueue queue(rd_kafka_queue_new(reader.handle()));
  rd_kafka_CreateTopics(reader.handle(), &raw, 1, nullptr, queue.get());
  const std::string what = "making topic " + settings.topic;
  const Result<KafkaEvent> event = Await(queue, what, stop);
  LUMBUNG_RETURN_IF_ERROR(event.status());
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t its = rd_kafka_topic_result_error(results[i]);
    // Another shard, or another publisher, was first.
    if (its != RD_KAFKA_RESP_ERR_NO_ERROR && its != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      const char* detail = rd_kafka_topic_result_error_string(results[i]);
      return KafkaStatus(its, what, detail == nullptr ? "" : detail);
    }
  }
  return Status::Ok();
}

Result<std::map<std::string, std::string>> ReadTopicSettings(const KafkaClient& reader,
                                                             const std::string& name,
                                                             const Stop& stop) {
  rd_kafka_ConfigResource_t* raw =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str());
  const std::unique_ptr<rd_kafka_ConfigResource_t, FreeWith<rd_kafka_ConfigResource_destroy>>
      resource(raw);
  const KafkaQueue queue(rd_kafka_queue_new(reader.handle()));
  rd_kafka_DescribeConfigs(reader.handle(), &raw, 1, nullptr, queue.get());
  const std::string what = "reading the settings of topic " + name;
  const Result<KafkaEvent> event = Await(queue, what, stop);
  LUMBUNG_RETURN_IF_ERROR(event.status());
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  std::map<std::string, std::string> settings;
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto error = rd_kafka_ConfigResource_error(resources[i]);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* detail = rd_kafka_ConfigResource_error_string(resources[i]);
      return KafkaStatus(error, what, detail == nullptr ? "" : detail);
    }
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(resources[i], &entries);
    for (std::size_t j = 0; j < entries; ++j) {
      const char* value = rd_kafka_ConfigEntry_value(entry[j]);
      settings[rd_kafka_ConfigEntry_name(entry[j])] = value == nullptr ? "" : value;
    }
  }
  return settings;
}

Status CheckPartitions(const std::string& name, std::uint32_t partitions, std::uint32_t shards) {
  if (partitions == shards) {
    return Status::Ok();
  }
  return Status::Refused("topic " + name + " has " + std::to_string(partitions) +
                         " partitions and the ledger " + std::to_string(shards) +
                         " shards: a partition holds one shard. Their number can't be changed for "
                         "a topic with events; name another topic, which is then made");
}

Status WrongSetting(const std::string& topic, const std::string& setting, const std::string& found,
                    const std::string& wanted, const std::string& why) {
  return Status::Refused("topic " + topic + " has " + setting + "=" + found + ", and " + why +
                         ": set it to " + wanted +
                         " (kafka-configs.sh --alter --entity-type topics --entity-name " + topic +
                         " --add-config " + setting + "=" + wanted + ")");
}

Status CheckTopicSettings(const KafkaClient& reader, const std::string& name, const Stop& stop) {
  const auto settings = ReadTopicSettings(reader, name, stop);
  LUMBUNG_RETURN_IF_ERROR(settings.status());
  for (const Wanted& wanted : kWanted) {
    const auto found = settings->find(wanted.name);
    if (found != settings->end() && found->second != wanted.value) {
      return WrongSetting(name, wanted.name, found->second, wanted.value, wanted.why);
    }
  }
  const auto largest = settings->find("max.message.bytes");
  if (largest != settings->end() &&
      std::strtoll(largest->second.c_str(), nullptr, 10) < kMaxBatchBytes) {
    return WrongSetting(name, "max.message.bytes", largest->second, "1048588",
                        "batches of events have up to a megabyte");
  }
  return Status::Ok();
}

}  // namespace

Status EnsureTopic(const KafkaClient& reader, const KafkaSettings& settings, std::uint32_t shards,
                   const Stop& stop) {
  const auto end = steady_clock::now() + kUntilMade;
  bool made = false;
  while (true) {
    const Result<Metadata> metadata = ReadMetadata(reader, settings.topic, stop);
    LUMBUNG_RETURN_IF_ERROR(metadata.status());
    if (!metadata->exists && !made) {
      LUMBUNG_RETURN_IF_ERROR(MakeTopic(reader, settings, shards, stop));
      made = true;
    } else if (metadata->exists && metadata->led) {
      LUMBUNG_RETURN_IF_ERROR(CheckPartitions(settings.topic, metadata->partitions, shards));
      return CheckTopicSettings(reader, settings.topic, stop);
    } else if (steady_clock::now() > end) {
      return Status::IoError(
          "topic " + settings.topic +
          (metadata->exists ? " has partitions without a leader" : " was made and is not there"));
    } else {
      std::this_thread::sleep_for(kAskAgain);
    }
  }
}

Result<std::uint32_t> PartitionsOf(const KafkaClient& reader, const KafkaSettings& settings,
                                   const Stop& stop) {
  const Result<Metadata> metadata = ReadMetadata(reader, settings.topic, stop);
  LUMBUNG_RETURN_IF_ERROR(metadata.status());
  if (!metadata->exists) {
    return Status::NotFound("there is no topic " + settings.topic +
                            ": name another, or publish to it first");
  }
  return metadata->partitions;
}

}  // namespace lumbung
