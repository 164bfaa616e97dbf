// --from of subcommands that take events from a folder, a server or Kafka.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "connectors/kafka/settings.h"
#include "engine/app/feeds.h"
#include "engine/app/server_access.h"
#include "engine/base/status.h"

namespace lumbung {

struct FeedArguments {
  enum class Kind { kFolder, kServer, kTopic };

  // --from is its target, whatever it names.
  ServerArguments server;
  KafkaSettings kafka;

  const std::string& from() const { return server.address.target; }
  // "kafka" is the topic; what is a folder, or has no colon, a folder; the rest an address.
  Kind kind() const;
};

void AddFeedOptions(CLI::App& app, FeedArguments& arguments);
// InvalidArgument where they do not go together.
Status CheckFeedArguments(const FeedArguments& arguments);
// `patience` is for brokers that are away. REQUIRES: CheckFeedArguments was ok
Result<Feeds> OpenFeeds(const FeedArguments& arguments,
                        std::optional<std::chrono::milliseconds> patience);

}  // namespace lumbung
