#include "engine/app/feed_arguments.h"

#include <filesystem>
#include <system_error>

#include "engine/app/kafka_options.h"

namespace lumbung {

FeedArguments::Kind FeedArguments::kind() const {
  if (from() == "kafka") {
    return Kind::kTopic;
  }
  std::error_code error;
  return from().find(':') == std::string::npos || std::filesystem::is_directory(from(), error)
             ? Kind::kFolder
             : Kind::kServer;
}

void AddFeedOptions(CLI::App& app, FeedArguments& arguments) {
  AddServerOptions(app, arguments.server, "--from");
  app.get_option("--from")->required()->description(
      "Folder of the ledger, which nobody has open; gRPC address of the server that owns it, "
      "as 127.0.0.1:7070; or \"kafka\"");
  AddKafkaReaderOptions(app, arguments.kafka);
}

Status CheckFeedArguments(const FeedArguments& arguments) {
  const bool kafka = arguments.kind() == FeedArguments::Kind::kTopic;
  if (kafka == arguments.kafka.brokers.empty()) {
    return Status::InvalidArgument(kafka ? "name Kafka's brokers: --brokers"
                                         : "--brokers is for --from kafka");
  }
  return kafka ? CheckKafkaSettings(arguments.kafka) : Status::Ok();
}

Result<Feeds> OpenFeeds(const FeedArguments& arguments,
                        std::optional<std::chrono::milliseconds> patience) {
  switch (arguments.kind()) {
    case FeedArguments::Kind::kFolder:
      return Feeds::OfFolder(arguments.from());
    case FeedArguments::Kind::kServer:
      return Feeds::OfServer(arguments.server);
    case FeedArguments::Kind::kTopic:
      break;
  }
  return Feeds::OfTopic(arguments.kafka, patience);
}

}  // namespace lumbung
