#include "engine/app/kafka_options.h"

namespace lumbung {
namespace {

template <typename Value>
CLI::Option* AddKafkaOption(CLI::App& app, const char* name, Value& value, const char* help) {
  return app.add_option(name, value, help)->group("Kafka")->type_name("");
}

}  // namespace

void AddKafkaOptions(CLI::App& app, KafkaSettings& settings) {
  AddKafkaReaderOptions(app, settings);
  app.get_option("--brokers")->required();
  AddKafkaOption(app, "--kafka-replication", settings.replication,
                 "Copies of each partition where the topic has to be made; 0: as the brokers have "
                 "it set")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
}

void AddKafkaReaderOptions(CLI::App& app, KafkaSettings& settings) {
  const auto add = [&app](const char* name, auto& value, const char* help) {
    return AddKafkaOption(app, name, value, help);
  };
  add("--brokers,--kafka-brokers", settings.brokers, "host:port, several with commas");
  add("--topic,--kafka-topic", settings.topic, "The ledger's topic")->capture_default_str();
  add("--kafka-ca", settings.ca_file, "CA of the brokers' certificates, in PEM; with it TLS")
      ->check(CLI::ExistingFile);
  add("--kafka-certificate", settings.certificate_file, "Certificate to show to them, in PEM")
      ->check(CLI::ExistingFile);
  add("--kafka-key", settings.key_file, "Key of that certificate, in PEM, without a password")
      ->check(CLI::ExistingFile);
  add("--kafka-user", settings.user, "Who we are, by SASL, over TLS only");
  add("--kafka-password-file", settings.password_file, "Its first line is the password")
      ->check(CLI::ExistingFile);
  add("--kafka-mechanism", settings.mechanism, "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN")
      ->capture_default_str();
}

}  // namespace lumbung
