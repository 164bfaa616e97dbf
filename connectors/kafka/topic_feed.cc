#include "connectors/kafka/topic_feed.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>
#include <utility>

#include "connectors/kafka/event_fields.h"
#include "connectors/kafka/partition_reading.h"
#include "connectors/kafka/sequence_search.h"
#include "connectors/kafka/topic.h"
#include "connectors/kafka/topic_tail.h"

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Wake is seen so soon at the latest.
constexpr milliseconds kStep{100};

bool Never() { return false; }

const KafkaClient::Properties& ReaderProperties() {
  static const KafkaClient::Properties kProperties{
      {"isolation.level", "read_committed"},
      {"check.crcs", "true"},
      // An offset that is not there any more means another topic: never read on elsewhere.
      {"auto.offset.reset", "error"},
      // Where so much waits librdkafka looks away for up to a second: more than is taken in it.
      {"queued.min.messages", "500000"},
      {"queued.max.messages.kbytes", "131072"},
      {"fetch.message.max.bytes", "8388608"},
      {"fetch.wait.max.ms", "100"},
  };
  return kProperties;
}

// As the bytes say; where they are no event, as the header says; 0 where that does not either.
std::uint64_t SequenceOf(const KafkaMessage& message) {
  EventFields fields;
  if (ReadEventFields(ValueOf(message), fields)) {
    return fields.sequence;
  }
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  std::uint64_t sequence = 0;
  if (rd_kafka_message_headers(message.get(), &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
      rd_kafka_header_get_last(headers, "seq", &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* text = static_cast<const char*>(value);
    std::from_chars(text, text + size, sequence);
  }
  return sequence;
}

}  // namespace

Result<std::uint32_t> CountPartitions(const KafkaSettings& settings,
                                      const std::function<bool()>& stop) {
  const Result<std::unique_ptr<KafkaClient>> reader = MakeTailReader(settings);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  return PartitionsOf(**reader, settings, stop);
}

Result<std::unique_ptr<TopicFeed>> TopicFeed::Open(const KafkaSettings& settings,
                                                   std::uint32_t shard,
                                                   std::optional<milliseconds> patience) {
  Result<std::unique_ptr<KafkaClient>> client =
      KafkaClient::Make(RD_KAFKA_CONSUMER, settings, ReaderProperties());
  LUMBUNG_RETURN_IF_ERROR(client.status());
  return std::unique_ptr<TopicFeed>(new TopicFeed(settings, shard, patience, std::move(*client)));
}

TopicFeed::TopicFeed(const KafkaSettings& settings, std::uint32_t shard,
                     std::optional<milliseconds> patience, std::unique_ptr<KafkaClient> client)
    : settings_(settings),
      partition_(static_cast<std::int32_t>(shard)),
      what_("reading partition " + std::to_string(shard) + " of " + settings.topic),
      patience_(patience),
      client_(std::move(client)),
      topic_(rd_kafka_topic_new(client_->handle(), settings.topic.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client_->handle())) {}

TopicFeed::~TopicFeed() { Stop(); }

void TopicFeed::Stop() {
  record_.reset();
  ahead_.reset();
  if (started_) {
    rd_kafka_consume_stop(topic_.get(), partition_);
    started_ = false;
  }
}

void TopicFeed::Seek(std::uint64_t sequence) {
  LUMBUNG_CHECK(sequence >= 1);
  Stop();
  status_ = Status::Ok();
  next_ = sequence;
  const Result<std::int64_t> offset = OffsetOf(sequence);
  if (!offset.ok()) {
    status_ = offset.status();
    return;
  }
  silence_ = {};
  started_ = rd_kafka_consume_start_queue(topic_.get(), partition_, *offset, queue_.get()) == 0;
  if (!started_) {
    status_ = KafkaStatus(rd_kafka_last_error(), what_);
  }
}

// Learns besides where the partition ends.
Result<std::int64_t> TopicFeed::OffsetOf(std::uint64_t sequence) {
  const Result<std::unique_ptr<KafkaClient>> reader = MakeTailReader(settings_);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  const std::function<bool()> never = Never;
  const Result<TopicTail> tail =
      ReadTail(**reader, settings_.topic, partition_, TailRead::kCommitted, never);
  LUMBUNG_RETURN_IF_ERROR(tail.status());
  if (EventFields fields; ReadEventFields(tail->event, fields)) {
    NoteHead(fields.sequence);
  }
  PartitionReading reading(**reader, settings_.topic, partition_, never);
  return FindSequence(sequence, tail->next_offset,
                      [&](std::int64_t offset) -> Result<std::optional<PartitionRecord>> {
                        LUMBUNG_RETURN_IF_ERROR(reading.Start(
                            offset == 0 ? std::int64_t{RD_KAFKA_OFFSET_BEGINNING} : offset));
                        const Result<KafkaMessage> message = reading.Next(tail->next_offset, false);
                        LUMBUNG_RETURN_IF_ERROR(message.status());
                        if (*message == nullptr) {
                          return std::optional<PartitionRecord>();
                        }
                        const std::uint64_t found = SequenceOf(*message);
                        NoteHead(found);
                        return std::optional(PartitionRecord{(*message)->offset, found});
                      });
}

void TopicFeed::NoteHead(std::uint64_t sequence) { head_ = std::max(head_.load(), sequence); }

KafkaMessage TopicFeed::Fetch(milliseconds timeout) {
  const auto begin = steady_clock::now();
  KafkaMessage message(rd_kafka_consume_queue(queue_.get(), static_cast<int>(timeout.count())));
  silence_ =
      message != nullptr ? steady_clock::duration{} : silence_ + (steady_clock::now() - begin);
  return message;
}

bool TopicFeed::Next(FeedEvent& event) {
  if (!started_ || !status_.ok()) {
    return false;
  }
  record_ = ahead_ != nullptr ? std::move(ahead_) : Fetch(milliseconds(0));
  if (record_ == nullptr) {
    return false;
  }
  if (record_->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    status_ = KafkaStatus(record_->err, what_, rd_kafka_message_errstr(record_.get()));
    return false;
  }
  const std::uint64_t sequence = SequenceOf(record_);
  event = {sequence == 0 ? next_ : sequence, ValueOf(record_),
           static_cast<std::uint64_t>(record_->offset)};
  next_ = std::max(next_, event.sequence + 1);
  NoteHead(event.sequence);
  return true;
}

bool TopicFeed::Wait(milliseconds timeout) {
  const auto end = steady_clock::now() + timeout;
  while (ahead_ == nullptr && started_ && status_.ok()) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (woken_.exchange(false) || left.count() <= 0) {
      break;
    }
    ahead_ = Fetch(std::min(left, kStep));
    CheckSilence();
  }
  return ahead_ != nullptr;
}

void TopicFeed::CheckSilence() {
  if (ahead_ != nullptr) {
    return;
  }
  rd_kafka_poll(client_->handle(), 0);
  status_ = client_->Lost(what_);
  if (status_.ok() && patience_ && next_ <= head_ && silence_ > *patience_) {
    status_ = Status::IoError(what_ + ": the brokers do not answer" + client_->Trouble());
  }
}

void TopicFeed::Wake() {
  woken_ = true;
  rd_kafka_queue_yield(queue_.get());
}

Result<std::string> TopicFeed::Get(std::uint64_t sequence) {
  const Result<std::int64_t> offset = OffsetOf(sequence);
  LUMBUNG_RETURN_IF_ERROR(offset.status());
  const Result<std::unique_ptr<KafkaClient>> reader = MakeTailReader(settings_);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  const std::function<bool()> never = Never;
  PartitionReading reading(**reader, settings_.topic, partition_, never);
  LUMBUNG_RETURN_IF_ERROR(reading.Start(*offset));
  while (true) {
    const Result<KafkaMessage> message = reading.Next(0, false);
    LUMBUNG_RETURN_IF_ERROR(message.status());
    if (*message == nullptr || SequenceOf(*message) > sequence) {
      return Status::NotFound("event " + std::to_string(sequence) + " is not in the topic");
    }
    if (SequenceOf(*message) == sequence) {
      return std::string(ValueOf(*message));
    }
  }
}

}  // namespace lumbung
