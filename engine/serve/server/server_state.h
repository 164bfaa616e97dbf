// How the server is at one moment: what is looked up, and not counted, when metrics are asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "connectors/kafka/publisher.h"
#include "engine/commit/shard.h"
#include "engine/serve/gateway.h"
#include "engine/serve/http/transport.h"
#include "projections/runtime/host.h"

namespace lumbung {

struct ServerState {
  std::string version;
  // Seconds since 1970 UTC.
  std::int64_t started_at = 0;
  // By number.
  std::vector<ShardStats> shards;
  // Of each shard.
  std::uint64_t account_memory_limit = 0;
  std::vector<HostedStatus> projections;
  GatewayLoad load;
  AdmissionLimits limits;
  // By shard; empty where nothing is published.
  std::vector<PublisherStats> kafka;
  // None without HTTP.
  std::optional<TransportStats> http;
  // End of the certificate, seconds since 1970 UTC; none without TLS.
  std::optional<std::int64_t> certificate_not_after;
  bool ready = false;
  std::uint64_t resident_bytes = 0;
};

// Of this process; 0 where it can't be known.
std::uint64_t ResidentBytes();

// As Prometheus names it. `now`: for ages.
std::vector<prometheus::MetricFamily> FamiliesOf(const ServerState& state,
                                                 std::chrono::steady_clock::time_point now);

}  // namespace lumbung
