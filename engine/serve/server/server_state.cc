#include "engine/serve/server/server_state.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <functional>
#include <limits>
#include <unistd.h>
#include <utility>

namespace lumbung {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// A family that grows by its samples.
class Family {
 public:
  Family(const char* name, const char* help, MetricType type) : family_{name, help, type, {}} {}

  void Add(double value, std::vector<ClientMetric::Label> labels = {}) & {
    ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
  }
  Family&& Add(double value, std::vector<ClientMetric::Label> labels = {}) && {
    Add(value, std::move(labels));
    return std::move(*this);
  }
  template <typename Stats, typename Value>
  Family&& ForEach(const std::vector<Stats>& shards, const Value& value,
                   const std::vector<ClientMetric::Label>& labels = {}) && {
    for (std::size_t number = 0; number < shards.size(); ++number) {
      std::vector<ClientMetric::Label> all{{"shard", std::to_string(number)}};
      all.insert(all.end(), labels.begin(), labels.end());
      std::move(*this).Add(static_cast<double>(std::invoke(value, shards[number])), std::move(all));
    }
    return std::move(*this);
  }
  operator MetricFamily() && { return std::move(family_); }  // NOLINT(google-explicit-constructor)

 private:
  MetricFamily family_;
};

Family Gauge(const char* name, const char* help) { return {name, help, MetricType::Gauge}; }
Family Counter(const char* name, const char* help) { return {name, help, MetricType::Counter}; }

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

MetricFamily FsyncDurations(const std::vector<ShardStats>& shards) {
  MetricFamily family{"lumbung_fsync_duration_seconds",
                      "Time of the log's syncs, one a block, since the start.",
                      MetricType::Histogram,
                      {}};
  for (std::size_t number = 0; number < shards.size(); ++number) {
    const LogStoreStats& log = shards[number].log;
    ClientMetric metric;
    metric.label = {{"shard", std::to_string(number)}};
    metric.histogram.sample_sum = Seconds(std::chrono::nanoseconds(log.fsync_nanos));
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < log.fsyncs_by_time.size(); ++i) {
      cumulative += log.fsyncs_by_time[i];
      metric.histogram.bucket.push_back(
          {cumulative, i < kFsyncBounds.size() ? Seconds(kFsyncBounds[i])
                                               : std::numeric_limits<double>::infinity()});
    }
    metric.histogram.sample_count = cumulative;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

// `end` is what is appended to.
void AddShards(const std::vector<ShardStats>& shards, std::chrono::steady_clock::time_point now,
               std::vector<MetricFamily>& to) {
  using Stats = const ShardStats&;
  to.push_back(Gauge("lumbung_sequence", "Sequence of the last durable event.")
                   .ForEach(shards, &ShardStats::head));
  to.push_back(Counter("lumbung_events_total", "Events made durable since the start.")
                   .ForEach(shards, &ShardStats::events));
  to.push_back(Counter("lumbung_event_bytes_total", "Bytes of events made durable since the start.")
                   .ForEach(shards, [](Stats stats) { return stats.log.event_bytes; }));
  to.push_back(Counter("lumbung_blocks_total", "Blocks written since the start.")
                   .ForEach(shards, &ShardStats::blocks));
  to.push_back(FsyncDurations(shards));
  to.push_back(Counter("lumbung_log_written_bytes_total",
                       "Bytes that the log wrote since the start: WAL, flushes, compactions.")
                   .ForEach(shards, [](Stats stats) { return stats.log.bytes_written; }));
  to.push_back(Gauge("lumbung_derived_lag_events",
                     "Events that an opening would have to replay: the derived store (state and "
                     "index of ids) is behind the log by so many.")
                   .ForEach(shards, [](Stats stats) {
                     return stats.head - std::min(stats.head, stats.derived_sequence);
                   }));
  to.push_back(
      Gauge("lumbung_derived_age_seconds", "Time since the derived store went on, or was opened.")
          .ForEach(shards, [now](Stats stats) { return Seconds(now - stats.derived_at); }));
  to.push_back(
      Gauge("lumbung_accounts", "Accounts in memory.").ForEach(shards, &ShardStats::accounts));
  to.push_back(Gauge("lumbung_memory_bytes", "Memory by what it is for.")
                   .ForEach(shards, &ShardStats::account_bytes, {{"part", "accounts"}})
                   .ForEach(shards, &ShardStats::derived_bytes_in_memory, {{"part", "derived"}}));
  to.push_back(
      Gauge("lumbung_disk_bytes", "Size on disk by what it is for.")
          .ForEach(shards, [](Stats stats) { return stats.log.bytes_on_disk; }, {{"part", "log"}})
          .ForEach(shards, &ShardStats::derived_bytes_on_disk, {{"part", "derived"}}));
  to.push_back(
      Gauge("lumbung_clock_suspect", "1 while nothing is written because the clock has jumped.")
          .ForEach(shards, &ShardStats::clock_suspect));
  to.push_back(Gauge("lumbung_writes_stopped", "1 since a write has failed.")
                   .ForEach(shards, &ShardStats::write_failed));
}

void AddKafka(const std::vector<PublisherStats>& shards, std::vector<MetricFamily>& to) {
  using Stats = const PublisherStats&;
  if (shards.empty()) {
    return;
  }
  to.push_back(Gauge("lumbung_kafka_state",
                     "What the publisher does: 0 looks for brokers, 1 publishes, 2 stands by for "
                     "another, 3 was refused, 4 has ended.")
                   .ForEach(shards, [](Stats stats) { return static_cast<int>(stats.state); }));
  to.push_back(Gauge("lumbung_kafka_published_sequence",
                     "Sequence of the last event that is known to be in Kafka.")
                   .ForEach(shards, &PublisherStats::published));
  to.push_back(
      Gauge("lumbung_kafka_lag_events", "Durable events that are not known to be in Kafka.")
          .ForEach(shards, [](Stats stats) { return stats.head - stats.published; }));
  to.push_back(Gauge("lumbung_kafka_lag_seconds",
                     "Age of the oldest durable event that is not known to be in Kafka.")
                   .ForEach(shards, [](Stats stats) { return Seconds(stats.lag); }));
  to.push_back(Counter("lumbung_kafka_transactions_total",
                       "Transactions committed to Kafka since the start.")
                   .ForEach(shards, &PublisherStats::transactions));
  to.push_back(Counter("lumbung_kafka_restarts_total",
                       "How often the publisher had to begin anew since the start.")
                   .ForEach(shards, &PublisherStats::restarts));
}

void AddProjections(const std::vector<HostedStatus>& projections,
                    const std::vector<ShardStats>& shards, std::vector<MetricFamily>& to) {
  Family sequence =
      Gauge("lumbung_projection_sequence", "Last event that the projection's answers speak for.");
  Family lag = Gauge("lumbung_projection_lag_events",
                     "Durable events that the projection has not taken yet.");
  Family age = Gauge("lumbung_projection_lag_seconds",
                     "Since when the last event taken was recorded, while others wait; else 0.");
  Family stopped = Gauge("lumbung_projection_stopped",
                         "1 while the projection takes no events, or can't be asked.");
  Family events = Counter("lumbung_projection_events_total", "Events taken since the opening.");
  Family batches =
      Counter("lumbung_projection_batches_total", "Batches written since the opening.");
  Family rows = Counter("lumbung_projection_rows_total", "Rows written since the opening.");
  Family bytes = Gauge("lumbung_projection_disk_bytes", "Size of its rows on disk.");
  const std::int64_t now = Clock::System().WallMicros();
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  for (const HostedStatus& hosted : projections) {
    const ClientMetric::Label name{"projection", hosted.name};
    const std::optional<ProjectionStatus>& status = hosted.serving;
    stopped.Add(!status || !status->stopped.empty() ? 1 : 0, {name});
    if (!status) {
      continue;
    }
    for (const auto& [shard, progress] : status->shards) {
      const ClientMetric::Label of_shard{"shard", std::to_string(shard)};
      const std::uint64_t head = shard < shards.size() ? shards[shard].head : progress.head;
      const std::uint64_t behind = head - std::min(head, progress.position.sequence);
      sequence.Add(number(progress.position.sequence), {name, of_shard});
      lag.Add(number(behind), {name, of_shard});
      age.Add(behind == 0 || progress.position.sequence == 0
                  ? 0
                  : static_cast<double>(now - progress.position.recorded_at) / 1e6,
              {name, of_shard});
    }
    events.Add(number(status->events), {name});
    batches.Add(number(status->store.batches), {name});
    rows.Add(number(status->store.rows_written), {name});
    bytes.Add(number(status->store.bytes_on_disk), {name});
  }
  for (Family* family : {&sequence, &lag, &age, &stopped, &events, &batches, &rows, &bytes}) {
    to.push_back(std::move(*family));
  }
}

void AddHttp(const TransportStats& http, std::vector<MetricFamily>& to) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  to.push_back(
      Gauge("lumbung_http_connections", "HTTP connections.").Add(number(http.connections)));
  to.push_back(Counter("lumbung_http_connections_accepted_total", "HTTP connections taken.")
                   .Add(number(http.accepted)));
  to.push_back(Counter("lumbung_http_connections_turned_away_total",
                       "HTTP connections ended because there were too many.")
                   .Add(number(http.turned_away)));
  to.push_back(Counter("lumbung_http_connections_timed_out_total",
                       "HTTP connections ended because the client was too slow, or idle.")
                   .Add(number(http.timed_out)));
}

}  // namespace

std::uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return statm ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::vector<MetricFamily> FamiliesOf(const ServerState& state,
                                     std::chrono::steady_clock::time_point now) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  std::vector<MetricFamily> families;
  families.push_back(Gauge("lumbung_build_info", "Always 1; the label says which version this is.")
                         .Add(1, {{"version", state.version}}));
  families.push_back(Gauge("lumbung_start_time_seconds", "When the server was started, Unix time.")
                         .Add(static_cast<double>(state.started_at)));
  families.push_back(Gauge("lumbung_ready", "1 while commands are taken, as /readyz says it.")
                         .Add(state.ready ? 1 : 0));
  AddShards(state.shards, now, families);
  families.push_back(Gauge("lumbung_account_memory_limit_bytes",
                           "Memory that the accounts of each shard may take.")
                         .Add(number(state.account_memory_limit)));
  families.push_back(Gauge("lumbung_resident_memory_bytes", "Memory of the process.")
                         .Add(number(state.resident_bytes)));
  families.push_back(
      Gauge("lumbung_waiting_commands", "Commands and reads taken up and not answered yet.")
          .Add(number(state.load.commands)));
  families.push_back(Gauge("lumbung_waiting_commands_limit", "Past so many, calls are refused.")
                         .Add(number(state.limits.max_commands)));
  families.push_back(
      Gauge("lumbung_waiting_bytes", "Bytes of commands taken up and not answered yet.")
          .Add(number(state.load.bytes)));
  families.push_back(Gauge("lumbung_waiting_limit_bytes", "Past so many, calls are refused.")
                         .Add(number(state.limits.max_bytes)));
  AddKafka(state.kafka, families);
  if (!state.projections.empty()) {
    AddProjections(state.projections, state.shards, families);
  }
  if (state.http) {
    AddHttp(*state.http, families);
  }
  if (state.certificate_not_after) {
    families.push_back(Gauge("lumbung_certificate_expiry_timestamp_seconds",
                             "When the server's certificate ends, Unix time.")
                           .Add(static_cast<double>(*state.certificate_not_after)));
  }
  return families;
}

}  // namespace lumbung
