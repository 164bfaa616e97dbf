// A partition being read from some offset on: only what is committed is seen.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "connectors/kafka/client.h"
#include "engine/base/status.h"

namespace lumbung {

// A consumer that ends of a partition, and single messages, can be read with.
Result<std::unique_ptr<KafkaClient>> MakeTailReader(const KafkaSettings& settings);

// What a message carries.
std::string_view ValueOf(const KafkaMessage& message);

// One thread at a time. Errors are IoError where the brokers don't answer, Refused where they don't
// allow it, and Cancelled where `stop` says so.
class PartitionReading {
 public:
  // `reader` is a tail reader that reads nothing else of this partition; it and `stop` must outlive
  // this.
  PartitionReading(const KafkaClient& reader, const std::string& topic, std::int32_t partition,
                   const std::function<bool()>& stop);
  ~PartitionReading() { Stop(); }
  PartitionReading(const PartitionReading&) = delete;
  PartitionReading& operator=(const PartitionReading&) = delete;

  // Asks the leader where what is committed ends. Its answer counts: after a change of leaders,
  // what a fetch takes for the end can be an old one.
  Result<std::int64_t> AskEnd();
  Status Start(std::int64_t offset);
  // The next committed message; null at the end, whose offset is then end(). The end is not before
  // `least`; with `whole`, no open transaction lies behind it either: IoError where one does for
  // too long.
  Result<KafkaMessage> Next(std::int64_t least, bool whole);
  // REQUIRES: Next gave null
  std::int64_t end() const { return end_; }

 private:
  std::int64_t HighWatermark() const;
  void Stop();

  const KafkaClient& reader_;
  const std::string what_;
  const std::string name_;
  const KafkaTopic topic_;
  const std::int32_t partition_;
  const std::function<bool()>& stop_;
  bool started_ = false;
  // -1: not reached.
  std::int64_t end_ = -1;
};

}  // namespace lumbung
