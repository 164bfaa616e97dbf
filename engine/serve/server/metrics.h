// What the server counts and measures, as Prometheus reads it. Every name begins with lumbung_;
// ops/README.md says which matter.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "engine/commit/block_times.h"
#include "engine/serve/gateway.h"
#include "engine/serve/server/request_observation.h"
#include "engine/serve/server/server_state.h"

namespace lumbung {

// Thread-safe.
class Metrics {
 public:
  Metrics();

  void Note(const RequestObservation& request);
  // Dry runs change nothing and are not counted.
  void Note(const CommandsObservation& commands);
  void Note(const BlockTimes& block);

  // All of it, and how the server is, in the text format 0.0.4.
  std::string Text(const ServerState& state) const;

 private:
  // What a request adds to; found again without making labels anew.
  struct Request {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
  };
  Request RequestOf(const RequestObservation& request);
  void AddResults(v1::Code code, bool replayed, std::size_t count);

  prometheus::Registry registry_;
  // Constant after construction; owned by the registry.
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& request_durations_;
  prometheus::Family<prometheus::Counter>& denials_;
  prometheus::Family<prometheus::Counter>& results_;
  prometheus::Family<prometheus::Histogram>& stages_;
  prometheus::Counter& denied_by_policy_;
  prometheus::Counter& denied_for_credentials_;
  prometheus::Histogram& commands_;
  prometheus::Histogram& admission_;
  prometheus::Histogram& queue_;
  prometheus::Histogram& decide_;
  prometheus::Histogram& wait_;
  prometheus::Histogram& write_;
  prometheus::Histogram& block_events_;

  std::mutex mutex_;
  // Below is guarded by mutex_. By transport, method and status.
  std::unordered_map<std::string, Request> known_requests_;
  // By code, twice, and one more where they are replayed.
  std::unordered_map<int, prometheus::Counter*> known_results_;
};

}  // namespace lumbung
