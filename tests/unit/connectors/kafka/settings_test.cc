#include "connectors/kafka/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lumbung {
namespace {

using testing::HasSubstr;

KafkaSettings Good() {
  KafkaSettings settings;
  settings.brokers = "127.0.0.1:9092";
  return settings;
}

void ExpectInvalid(const KafkaSettings& settings, const std::string& what) {
  const Status status = CheckKafkaSettings(settings);
  EXPECT_EQ(status.kind(), Status::Kind::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr(what));
}

TEST(KafkaSettings, Good) {
  KafkaSettings settings = Good();
  EXPECT_TRUE(CheckKafkaSettings(settings).ok());
  settings.ca_file = "ca.pem";
  EXPECT_TRUE(CheckKafkaSettings(settings).ok());
  settings.certificate_file = "cert.pem";
  settings.key_file = "key.pem";
  EXPECT_TRUE(CheckKafkaSettings(settings).ok());
  settings.user = "publisher";
  settings.password_file = "password";
  EXPECT_TRUE(CheckKafkaSettings(settings).ok());
}

TEST(KafkaSettings, TopicsName) {
  for (const std::string& name : {std::string(), std::string("a/b"), std::string("."),
                                  std::string(".."), std::string(250, 'a')}) {
    KafkaSettings settings = Good();
    settings.topic = name;
    ExpectInvalid(settings, "the topic");
  }
}

TEST(KafkaSettings, WhatGoesTogether) {
  KafkaSettings settings = Good();
  settings.certificate_file = "cert.pem";
  ExpectInvalid(settings, "its key go together");
  settings.key_file = "key.pem";
  ExpectInvalid(settings, "name the brokers' CA");
  settings = Good();
  settings.user = "publisher";
  ExpectInvalid(settings, "the file of the password");
  settings.password_file = "password";
  ExpectInvalid(settings, "over TLS only");
  settings.ca_file = "ca.pem";
  settings.mechanism = "GUESS";
  ExpectInvalid(settings, "SCRAM-SHA-512");
}

}  // namespace
}  // namespace lumbung
