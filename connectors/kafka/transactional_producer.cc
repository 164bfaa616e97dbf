#include "connectors/kafka/transactional_producer.h"

#include <array>
#include <chrono>
#include <utility>

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kStepMs = 250;
// After so long an operation is given up, and the producer with it.
constexpr milliseconds kPatience{20'000};
constexpr milliseconds kPatienceWhenStopping{3'000};

const KafkaClient::Properties& WriterProperties() {
  static const KafkaClient::Properties kProperties{
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"compression.codec", "lz4"},
      // The brokers end a transaction whose producer is gone; until then its readers wait.
      {"transaction.timeout.ms", "10000"},
      // What waits is in the log: a transaction's worth is enough.
      {"queue.buffering.max.messages", "200000"},
      {"queue.buffering.max.kbytes", "65536"},
      {"linger.ms", "2"},
      {"socket.timeout.ms", "10000"},
  };
  return kProperties;
}

rd_kafka_vu_t Header(const char* name, std::string_view value) {
  rd_kafka_vu_t field{};
  field.vtype = RD_KAFKA_VTYPE_HEADER;
  field.u.header.name = name;
  field.u.header.val = value.data();
  field.u.header.size = static_cast<std::int64_t>(value.size());
  return field;
}

// librdkafka takes keys and values as if it wrote to them; with F_COPY it does not.
rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, std::string_view bytes) {
  rd_kafka_vu_t field{};
  field.vtype = type;
  field.u.mem.ptr = const_cast<char*>(bytes.data());
  field.u.mem.size = bytes.size();
  return field;
}

}  // namespace

Result<std::unique_ptr<TransactionalProducer>> TransactionalProducer::Open(
    const KafkaSettings& settings, const std::string& id, std::int32_t partition, Stop stop) {
  std::unique_ptr<TransactionalProducer> producer(
      new TransactionalProducer(settings.topic, partition, std::move(stop)));
  KafkaClient::Properties properties = WriterProperties();
  properties.emplace_back("transactional.id", id);
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::Make(
      RD_KAFKA_PRODUCER, settings, properties,
      [](rd_kafka_t*, const rd_kafka_message_t* message, void* owner) {
        static_cast<TransactionalProducer*>(owner)->Delivered(*message);
      },
      producer.get());
  LUMBUNG_RETURN_IF_ERROR(client.status());
  producer->client_ = std::move(*client);
  rd_kafka_t* handle = producer->client_->handle();
  producer->topic_.reset(rd_kafka_topic_new(handle, settings.topic.c_str(), nullptr));
  LUMBUNG_RETURN_IF_ERROR(producer->Repeat("taking over the partition", [handle] {
    return rd_kafka_init_transactions(handle, kStepMs);
  }));
  return producer;
}

void TransactionalProducer::Delivered(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // What an abort removes says nothing of why.
    if (delivery_.ok() && message.err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
        message.err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
      delivery_ = KafkaStatus(message.err, "writing to " + topic_name_,
                              rd_kafka_err2str(message.err) + client_->Trouble());
    }
  } else if (message.offset >= 0) {
    if (message.offset < next_offset_ && delivery_.ok()) {
      delivery_ = Status::IoError("topic " + topic_name_ + " is not the one that it was: offset " +
                                  std::to_string(message.offset) + " came after " +
                                  std::to_string(next_offset_ - 1));
    }
    next_offset_ = message.offset + 1;
  }
}

Status TransactionalProducer::Begin() {
  delivery_ = Status::Ok();
  client_->BeginTransaction();
  rd_kafka_error_t* error = rd_kafka_begin_transaction(client_->handle());
  return error == nullptr ? Status::Ok() : Failed("beginning a transaction", error);
}

Status TransactionalProducer::Produce(const KafkaRecord& record) {
  std::array<rd_kafka_vu_t, 8> fields{};
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = topic_.get();
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = partition_;
  fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[2].u.i = RD_KAFKA_MSG_F_COPY;
  fields[3].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  fields[3].u.i64 = record.timestamp;
  fields[4] = Bytes(RD_KAFKA_VTYPE_KEY, record.key);
  fields[5] = Bytes(RD_KAFKA_VTYPE_VALUE, record.value);
  fields[6] = Header("seq", record.sequence);
  fields[7] = Header("type", record.type);
  const auto limit = steady_clock::now() + kPatience;
  while (true) {
    const KafkaError error(rd_kafka_produceva(client_->handle(), fields.data(), fields.size()));
    if (error == nullptr) {
      return Status::Ok();
    }
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || stop_() || steady_clock::now() > limit) {
      return Abort(KafkaStatus(code, "writing to " + topic_name_,
                               rd_kafka_error_string(error.get()) + client_->Trouble()));
    }
    rd_kafka_poll(client_->handle(), 10);
  }
}

Status TransactionalProducer::Commit() {
  rd_kafka_t* handle = client_->handle();
  // First all of it into the partition: where it came to lie is known before it counts.
  const Status flushed = Repeat("writing", [this, handle]() -> rd_kafka_error_t* {
    // Of a transaction that has failed nothing more is written; committing says why.
    return rd_kafka_flush(handle, kStepMs) == RD_KAFKA_RESP_ERR_NO_ERROR ||
                   client_->TransactionFailed()
               ? nullptr
               : rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT, "the brokers do not answer");
  });
  if (!flushed.ok()) {
    return Abort(flushed);
  }
  if (!delivery_.ok()) {
    return Abort(Status::Ok());
  }
  return Repeat("committing a transaction",
                [handle] { return rd_kafka_commit_transaction(handle, kStepMs); });
}

template <typename Call>
Status TransactionalProducer::Repeat(const char* what, const Call& call) {
  auto limit = steady_clock::now() + kPatience;
  bool stopping = false;
  while (true) {
    rd_kafka_error_t* error = call();
    rd_kafka_poll(client_->handle(), 0);
    if (error == nullptr) {
      return Status::Ok();
    }
    const bool again = rd_kafka_error_is_retriable(error) != 0 ||
                       rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!stopping && stop_()) {
      stopping = true;
      limit = std::min(limit, steady_clock::now() + kPatienceWhenStopping);
    }
    if (!again || steady_clock::now() > limit) {
      return Failed(what, error);
    }
    rd_kafka_error_destroy(error);
  }
}

// Takes the error.
Status TransactionalProducer::Failed(const char* what, rd_kafka_error_t* raw) {
  const KafkaError error(raw);
  const Status why =
      KafkaStatus(rd_kafka_error_code(raw), what, rd_kafka_error_string(raw) + client_->Trouble());
  return rd_kafka_error_txn_requires_abort(raw) != 0 ? Abort(why) : Broken(why);
}

// What no abort mends. `why` unless it is that we were fenced.
Status TransactionalProducer::Broken(Status why) {
  usable_ = false;
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t cause =
      rd_kafka_fatal_error(client_->handle(), text.data(), text.size());
  return cause == RD_KAFKA_RESP_ERR__FENCED || cause == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
                 cause == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH
             ? Status::Busy("another publisher has taken over partition " +
                            std::to_string(partition_) + " of " + topic_name_)
             : why;
}

Status TransactionalProducer::Abort(Status why) {
  why = delivery_.ok() ? why : delivery_;
  const auto limit = steady_clock::now() + (stop_() ? kPatienceWhenStopping : kPatience);
  while (true) {
    const KafkaError error(rd_kafka_abort_transaction(client_->handle(), kStepMs));
    rd_kafka_poll(client_->handle(), 0);
    if (error == nullptr) {
      return why;
    }
    if (rd_kafka_error_is_retriable(error.get()) == 0 || steady_clock::now() > limit) {
      return Broken(why);
    }
  }
}

}  // namespace lumbung
