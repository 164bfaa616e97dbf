#include "connectors/kafka/topic_tail.h"

#include <algorithm>

namespace lumbung {
namespace {

// How far before the end is looked first. What was aborted lies there too: then farther back.
constexpr std::int64_t kFirstLook = 1'000;
constexpr std::int64_t kFarther = 16;

}  // namespace

Result<TopicTail> ReadTail(const KafkaClient& reader, const std::string& topic,
                           std::int32_t partition, TailRead read,
                           const std::function<bool()>& stop) {
  PartitionReading reading(reader, topic, partition, stop);
  const Result<std::int64_t> end = reading.AskEnd();
  LUMBUNG_RETURN_IF_ERROR(end.status());
  for (std::int64_t look = kFirstLook;; look *= kFarther) {
    const std::int64_t from = std::max<std::int64_t>(0, *end - look);
    LUMBUNG_RETURN_IF_ERROR(reading.Start(from));
    KafkaMessage last;
    while (true) {
      Result<KafkaMessage> message = reading.Next(*end, read == TailRead::kWhole);
      LUMBUNG_RETURN_IF_ERROR(message.status());
      if (*message == nullptr) {
        break;
      }
      last = std::move(*message);
    }
    if (last != nullptr || from == 0) {
      return TopicTail{last == nullptr ? std::string() : std::string(ValueOf(last)), reading.end()};
    }
  }
}

Result<std::string> ReadFirst(const KafkaClient& reader, const std::string& topic,
                              std::int32_t partition, const std::function<bool()>& stop) {
  PartitionReading reading(reader, topic, partition, stop);
  LUMBUNG_RETURN_IF_ERROR(reading.Start(RD_KAFKA_OFFSET_BEGINNING));
  const Result<KafkaMessage> first = reading.Next(0, false);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  return *first == nullptr ? std::string() : std::string(ValueOf(*first));
}

}  // namespace lumbung
