#include "connectors/kafka/settings.h"

#include <algorithm>

namespace lumbung {
namespace {

// What Kafka takes as a topic's name.
bool IsTopicName(const std::string& name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 249 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), good);
}

}  // namespace

Status CheckKafkaSettings(const KafkaSettings& settings) {
  if (!IsTopicName(settings.topic)) {
    return Status::InvalidArgument(
        "the topic: wants 1 to 249 of letters, digits, '.', '-' and '_', not \"" + settings.topic +
        "\"");
  }
  if (settings.certificate_file.empty() != settings.key_file.empty()) {
    return Status::InvalidArgument(
        "Kafka's client certificate and its key go together: set both, or neither");
  }
  if (settings.ca_file.empty() && !settings.certificate_file.empty()) {
    return Status::InvalidArgument("Kafka's client certificate is for TLS: name the brokers' CA");
  }
  if (settings.user.empty() != settings.password_file.empty()) {
    return Status::InvalidArgument(
        "Kafka's user and the file of the password go together: set both, or neither");
  }
  if (!settings.user.empty() && settings.ca_file.empty()) {
    return Status::InvalidArgument(
        "a password for Kafka goes over TLS only: name the brokers' CA besides");
  }
  if (settings.mechanism != "SCRAM-SHA-512" && settings.mechanism != "SCRAM-SHA-256" &&
      settings.mechanism != "PLAIN") {
    return Status::InvalidArgument(
        "Kafka's SASL mechanism: wants SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN, not \"" +
        settings.mechanism + "\"");
  }
  return Status::Ok();
}

}  // namespace lumbung
