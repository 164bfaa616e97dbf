// The topic of the ledger's events: a partition a shard, never compacted, kept for ever.
#pragma once

#include <cstdint>
#include <functional>

#include "connectors/kafka/client.h"
#include "engine/base/status.h"

namespace lumbung {

// Makes the topic where it is not there, and checks that it is as it must be. Refused, with what to
// change, where it is not, or where the brokers don't allow it; IoError where they don't answer;
// Cancelled where `stop` says so.
// `reader` is a consumer: asking for a topic by a producer may make it, with other settings.
Status EnsureTopic(const KafkaClient& reader, const KafkaSettings& settings, std::uint32_t shards,
                   const std::function<bool()>& stop);
// How many partitions it has; NotFound where there is none. Otherwise as EnsureTopic.
Result<std::uint32_t> PartitionsOf(const KafkaClient& reader, const KafkaSettings& settings,
                                   const std::function<bool()>& stop);

}  // namespace lumbung
