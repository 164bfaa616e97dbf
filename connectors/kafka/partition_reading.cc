#include "connectors/kafka/partition_reading.h"

#include <chrono>

namespace lumbung {
namespace {

using std::chrono::steady_clock;

constexpr int kPollMs = 100;
constexpr int kAskMs = 5'000;
// Without any message.
constexpr std::chrono::seconds kSilence{15};

using Offsets = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                FreeWith<rd_kafka_topic_partition_list_destroy>>;

}  // namespace

Result<std::unique_ptr<KafkaClient>> MakeTailReader(const KafkaSettings& settings) {
  return KafkaClient::Make(RD_KAFKA_CONSUMER, settings,
                           {{"isolation.level", "read_committed"},
                            {"enable.partition.eof", "true"},
                            {"auto.offset.reset", "earliest"},
                            {"check.crcs", "true"},
                            // The end is told by an empty answer: no need to wait for a full one.
                            {"fetch.wait.max.ms", "10"}});
}

std::string_view ValueOf(const KafkaMessage& message) {
  return {static_cast<const char*>(message->payload), message->len};
}

PartitionReading::PartitionReading(const KafkaClient& reader, const std::string& topic,
                                   std::int32_t partition, const std::function<bool()>& stop)
    : reader_(reader),
      what_("reading partition " + std::to_string(partition) + " of " + topic),
      name_(topic),
      topic_(rd_kafka_topic_new(reader.handle(), topic.c_str(), nullptr)),
      partition_(partition),
      stop_(stop) {}

Result<std::int64_t> PartitionReading::AskEnd() {
  const Offsets offsets(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* its =
      rd_kafka_topic_partition_list_add(offsets.get(), name_.c_str(), partition_);
  its->offset = RD_KAFKA_OFFSET_END;
  rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(reader_.handle(), offsets.get(), kAskMs);
  rd_kafka_poll(reader_.handle(), 0);
  error = error == RD_KAFKA_RESP_ERR_NO_ERROR ? its->err : error;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(error, what_, rd_kafka_err2str(error) + reader_.Trouble());
  }
  return its->offset;
}

Status PartitionReading::Start(std::int64_t offset) {
  Stop();
  end_ = -1;
  started_ = rd_kafka_consume_start(topic_.get(), partition_, offset) == 0;
  return started_ ? Status::Ok() : KafkaStatus(rd_kafka_last_error(), what_);
}

Result<KafkaMessage> PartitionReading::Next(std::int64_t least, bool whole) {
  const auto limit = steady_clock::now() + kSilence;
  while (true) {
    if (end_ >= least && (!whole || end_ >= HighWatermark())) {
      return KafkaMessage();
    }
    KafkaMessage message(rd_kafka_consume(topic_.get(), partition_, kPollMs));
    rd_kafka_poll(reader_.handle(), 0);
    if (message == nullptr) {
      if (stop_()) {
        return Status::Cancelled(what_ + ": stopped");
      }
      if (steady_clock::now() > limit) {
        return end_ < 0
                   ? Status::IoError(what_ + ": the brokers do not answer" + reader_.Trouble())
                   : Status::IoError(what_ + ": what is there from offset " + std::to_string(end_) +
                                     " on belongs to a transaction that is still open");
      }
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      end_ = message->offset;
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return KafkaStatus(message->err, what_, rd_kafka_message_errstr(message.get()));
    } else {
      end_ = -1;
      return message;
    }
  }
}

// As the last fetch told it; what is in open transactions lies before it.
std::int64_t PartitionReading::HighWatermark() const {
  std::int64_t low = 0;
  std::int64_t high = 0;
  return rd_kafka_get_watermark_offsets(reader_.handle(), name_.c_str(), partition_, &low, &high) ==
                 RD_KAFKA_RESP_ERR_NO_ERROR
             ? high
             : -1;
}

void PartitionReading::Stop() {
  if (started_) {
    rd_kafka_consume_stop(topic_.get(), partition_);
    started_ = false;
  }
}

}  // namespace lumbung
