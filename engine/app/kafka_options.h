// How subcommands are told of Kafka's brokers: the same flags that `serve` takes for [kafka].
#pragma once

#include <CLI/CLI.hpp>

#include "connectors/kafka/settings.h"

namespace lumbung {

// Who publishes must name brokers, and may have the topic made.
void AddKafkaOptions(CLI::App& app, KafkaSettings& settings);
// Who reads names brokers where it is to read from Kafka.
void AddKafkaReaderOptions(CLI::App& app, KafkaSettings& settings);

}  // namespace lumbung
