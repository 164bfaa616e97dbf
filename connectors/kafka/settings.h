// How brokers are reached, and what is written to there.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/status.h"

namespace lumbung {

struct KafkaSettings {
  // host:port, several with commas between them. Empty: nothing is published.
  std::string brokers;
  std::string topic = "lumbung.events.v1";
  // Copies of each partition, where the topic has to be made; 0: as the brokers have it set.
  std::uint64_t replication = 0;
  // PEM. With the brokers' CA everything goes over TLS; certificate and key are the client's own.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  // SASL, over TLS only. The password is the first line of its file.
  std::string user;
  std::string password_file;
  std::string mechanism = "SCRAM-SHA-512";
};

// Whether they go together; looks at no file.
Status CheckKafkaSettings(const KafkaSettings& settings);

}  // namespace lumbung
