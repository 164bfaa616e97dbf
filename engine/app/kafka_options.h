// How subcommands are told of Kafka's brokers: the same flags that `serve` takes for [kafka].
#pragma once

#include <CLI/CLI.hpp>

#include "connectors/kafka/settings.h"

namespace lumbung {

void AddKafkaOptions(CLI::App& app, KafkaSettings& settings);

}  // namespace lumbung
