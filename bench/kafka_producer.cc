// A bare transactional producer: brings a ledger's events from memory to one partition of Kafka, in
// transactions of 50 ms, and does nothing else: reads no log, no tail, checks nothing, sends
// neither keys nor headers. `lumbung publish` is compared with it.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "connectors/kafka/client.h"
#include "connectors/kafka/topic.h"
#include "connectors/kafka/topic_tail.h"
#include "engine/base/check.h"
#include "engine/store/log_store.h"

namespace lumbung {
namespace {

using std::chrono::steady_clock;

struct Settings {
  KafkaSettings kafka;
  std::string shard;
  std::uint64_t most = 10'000'000;
};

bool Never() { return false; }

std::vector<std::string> ReadEvents(const Settings& settings) {
  LogStoreOptions options;
  options.read_only = true;
  const auto log = LogStore::Open(settings.shard, options);
  LUMBUNG_CHECK(log.ok());
  std::vector<std::string> events;
  LUMBUNG_CHECK((*log)
                    ->ForEach(1, settings.most,
                              [&events](std::uint64_t, std::string_view event) {
                                events.emplace_back(event);
                                return Status::Ok();
                              })
                    .ok());
  return events;
}

void Succeed(rd_kafka_error_t* error) {
  if (error != nullptr) {
    std::fprintf(stderr, "%s\n", rd_kafka_error_string(error));
    std::exit(1);
  }
}

// Seconds from the first to the last commit.
double Produce(const KafkaClient& producer, const std::string& name,
               const std::vector<std::string>& events) {
  rd_kafka_t* handle = producer.handle();
  const KafkaTopic topic(rd_kafka_topic_new(handle, name.c_str(), nullptr));
  Succeed(rd_kafka_init_transactions(handle, 30'000));
  const auto start = steady_clock::now();
  for (std::size_t next = 0; next < events.size();) {
    Succeed(rd_kafka_begin_transaction(handle));
    const auto limit = steady_clock::now() + std::chrono::milliseconds(50);
    do {
      for (int i = 0; i < 64 && next < events.size(); ++i, ++next) {
        while (rd_kafka_produce(topic.get(), 0, RD_KAFKA_MSG_F_COPY,
                                const_cast<char*>(events[next].data()), events[next].size(),
                                nullptr, 0, nullptr) != 0) {
          LUMBUNG_CHECK(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL);
          rd_kafka_poll(handle, 10);
        }
      }
    } while (next < events.size() && steady_clock::now() < limit);
    Succeed(rd_kafka_commit_transaction(handle, 30'000));
  }
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

int Main(int argc, char** argv) {
  CLI::App app("A bare transactional producer.");
  Settings settings;
  app.add_option("--shard", settings.shard, "Folder of a shard")->required();
  app.add_option("--brokers", settings.kafka.brokers)->required();
  app.add_option("--topic", settings.kafka.topic)->required();
  app.add_option("--events", settings.most, "At most so many");
  CLI11_PARSE(app, argc, argv);
  const std::vector<std::string> events = ReadEvents(settings);
  {
    const auto reader = MakeTailReader(settings.kafka);
    LUMBUNG_CHECK(reader.ok() && EnsureTopic(**reader, settings.kafka, 1, Never).ok());
  }
  const auto producer = KafkaClient::Make(RD_KAFKA_PRODUCER, settings.kafka,
                                          {{"transactional.id", "bare." + settings.kafka.topic},
                                           {"compression.codec", "lz4"},
                                           {"queue.buffering.max.messages", "200000"},
                                           {"queue.buffering.max.kbytes", "65536"},
                                           {"linger.ms", "2"}});
  LUMBUNG_CHECK(producer.ok());
  const double seconds = Produce(**producer, settings.kafka.topic, events);
  std::printf("{\"events\": %zu, \"seconds\": %.3f, \"events_per_second\": %.0f}\n", events.size(),
              seconds, static_cast<double>(events.size()) / seconds);
  return 0;
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) { return lumbung::Main(argc, argv); }
