// The server's part in publishing to Kafka: feeds of its shards, lines in its log, an end in order.
#pragma once

#include <chrono>
#include <memory>

#include "connectors/kafka/publisher_group.h"
#include "connectors/kafka/settings.h"
#include "engine/commit/ledger.h"

namespace lumbung {

// Goes on whatever the brokers do; what they refuse is tried again every half minute. `ledger` must
// outlive it, and stay open.
std::unique_ptr<PublisherGroup> StartPublishing(Ledger& ledger, const KafkaSettings& settings);
// Publishes what is durable, while that gets on and until `deadline`; the rest is published after
// the next start. Then all have ended, or will within some seconds.
void EndPublishing(PublisherGroup& publishers, std::chrono::system_clock::time_point deadline);

}  // namespace lumbung
