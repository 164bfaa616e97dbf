#include "engine/serve/server/metrics.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <vector>

#include <prometheus/text_serializer.h>

namespace lumbung {
namespace {

using prometheus::Histogram;

// Seconds.
const Histogram::BucketBoundaries& Durations() {
  static const Histogram::BucketBoundaries kDurations = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return kDurations;
}

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

prometheus::Family<Histogram>& MakeHistograms(prometheus::Registry& registry, const char* name,
                                              const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Counter>& MakeCounters(prometheus::Registry& registry,
                                                      const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics()
    : requests_(MakeCounters(registry_, "lumbung_requests_total",
                             "Requests that have ended, by transport, method and status.")),
      request_durations_(MakeHistograms(registry_, "lumbung_request_duration_seconds",
                                        "Time of whole requests; streams are left out.")),
      denials_(MakeCounters(registry_, "lumbung_denials_total",
                            "Requests refused because nobody was recognised (credentials) or the "
                            "policy does not allow them (policy).")),
      results_(MakeCounters(registry_, "lumbung_command_results_total",
                            "What became of commands, by the ledger's code; replayed: the id was "
                            "seen before, and this is its first result.")),
      stages_(MakeHistograms(registry_, "lumbung_stage_duration_seconds",
                             "Time by stage: admission by call; queue, decide, wait and write "
                             "(fsync in it) by block.")),
      denied_by_policy_(denials_.Add({{"reason", "policy"}})),
      denied_for_credentials_(denials_.Add({{"reason", "credentials"}})),
      commands_(MakeHistograms(registry_, "lumbung_commands_duration_seconds",
                               "From when the commands of one call, or of one message of a "
                               "stream, came until they were answered.")
                    .Add({}, Durations())),
      admission_(stages_.Add({{"stage", "admission"}}, Durations())),
      queue_(stages_.Add({{"stage", "queue"}}, Durations())),
      decide_(stages_.Add({{"stage", "decide"}}, Durations())),
      wait_(stages_.Add({{"stage", "wait"}}, Durations())),
      write_(stages_.Add({{"stage", "write"}}, Durations())),
      block_events_(MakeHistograms(registry_, "lumbung_block_events", "Events of a block.")
                        .Add({}, Histogram::BucketBoundaries{1, 2, 4, 16, 64, 256, 1'024, 4'096,
                                                             8'192, 16'384, 65'536})) {}

Metrics::Request Metrics::RequestOf(const RequestObservation& request) {
  std::string key(ProtocolName(request.protocol));
  key.append("\n").append(request.method).append("\n").append(request.status);
  const std::lock_guard lock(mutex_);
  Request& known = known_requests_[key];
  if (known.count == nullptr) {
    prometheus::Labels labels{{"transport", std::string(ProtocolName(request.protocol))},
                              {"method", std::string(request.method)}};
    if (!request.stream) {
      known.duration = &request_durations_.Add(labels, Durations());
    }
    labels.emplace("code", request.status);
    known.count = &requests_.Add(labels);
  }
  return known;
}

void Metrics::Note(const RequestObservation& request) {
  const Request to = RequestOf(request);
  to.count->Increment();
  if (to.duration != nullptr) {
    to.duration->Observe(Seconds(request.took));
  }
  if (request.status == "PERMISSION_DENIED" || request.status == "403") {
    denied_by_policy_.Increment();
  } else if (request.status == "UNAUTHENTICATED" || request.status == "401") {
    denied_for_credentials_.Increment();
  }
}

void Metrics::AddResults(v1::Code code, bool replayed, std::size_t count) {
  prometheus::Counter* to = nullptr;
  {
    const std::lock_guard lock(mutex_);
    prometheus::Counter*& known = known_results_[2 * code + (replayed ? 1 : 0)];
    if (known == nullptr) {
      known =
          &results_.Add({{"code", v1::Code_Name(code)}, {"replayed", replayed ? "true" : "false"}});
    }
    to = known;
  }
  to->Increment(static_cast<double>(count));
}

void Metrics::Note(const CommandsObservation& commands) {
  if (commands.dry_run) {
    return;
  }
  if (commands.error != nullptr) {
    // A denial has no code, and is counted as a request.
    if (commands.error->code != v1::OK) {
      AddResults(commands.error->code, false, commands.commands);
    }
    return;
  }
  std::array<std::array<std::size_t, 2>, v1::Code_ARRAYSIZE> counts{};
  for (const Answer& answer : commands.answers) {
    ++counts[static_cast<std::size_t>(answer.code)][answer.replayed ? 1 : 0];
  }
  for (std::size_t code = 0; code < counts.size(); ++code) {
    for (std::size_t replayed = 0; replayed < 2; ++replayed) {
      if (counts[code][replayed] != 0) {
        AddResults(static_cast<v1::Code>(code), replayed != 0, counts[code][replayed]);
      }
    }
  }
  admission_.Observe(Seconds(commands.waited));
  commands_.Observe(Seconds(commands.took));
}

void Metrics::Note(const BlockTimes& block) {
  queue_.Observe(Seconds(block.queue));
  decide_.Observe(Seconds(block.decide));
  wait_.Observe(Seconds(block.wait));
  if (block.events != 0) {
    write_.Observe(Seconds(block.write));
    block_events_.Observe(static_cast<double>(block.events));
  }
}

std::string Metrics::Text(const ServerState& state) const {
  std::vector<prometheus::MetricFamily> families = registry_.Collect();
  std::vector<prometheus::MetricFamily> found = FamiliesOf(state, std::chrono::steady_clock::now());
  families.insert(families.end(), std::make_move_iterator(found.begin()),
                  std::make_move_iterator(found.end()));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace lumbung
