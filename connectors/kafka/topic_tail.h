// What a partition holds at its ends: the truth about what is published.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "connectors/kafka/partition_reading.h"
#include "engine/base/status.h"

namespace lumbung {

struct TopicTail {
  // The last committed message's value; empty where there is none.
  std::string event;
  // Where the next message will be.
  std::int64_t next_offset = 0;
};

enum class TailRead : std::uint8_t {
  // To the very end: nothing is there behind it, not in an open transaction either.
  kWhole,
  // To where an open transaction begins, whoever's it is.
  kCommitted,
};

// The last committed message of a partition, behind whatever was aborted. IoError where the brokers
// don't answer, or an open transaction hides the end for too long; Refused where they don't allow
// it; Cancelled where `stop` says so.
Result<TopicTail> ReadTail(const KafkaClient& reader, const std::string& topic,
                           std::int32_t partition, TailRead read,
                           const std::function<bool()>& stop);
// The first committed message of a partition; empty where there is none.
Result<std::string> ReadFirst(const KafkaClient& reader, const std::string& topic,
                              std::int32_t partition, const std::function<bool()>& stop);

}  // namespace lumbung
